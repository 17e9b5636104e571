import random

import pytest
from amaranth.sim import Simulator

from bep_hw.line.crossing import Crossing
from tests.link.streams import receive, send


@pytest.mark.parametrize(("source_ns", "target_ns"), [(83, 40), (40, 83), (83, 11), (50, 50)])
def test_bytes_cross_between_any_two_clocks_in_order(source_ns, target_ns):
    unit = Crossing("fast", "slow")
    data = list(random.Random(3).randbytes(100))
    got = []

    async def drive(ctx):
        await send(ctx, unit.input, data, random.Random(1), "fast")

    async def take(ctx):
        got.extend(await receive(ctx, unit.output, len(data), random.Random(2), "slow"))

    simulator = Simulator(unit)
    simulator.add_clock(source_ns * 1e-9, domain="fast")
    simulator.add_clock(target_ns * 1e-9, phase=7e-9, domain="slow")
    simulator.add_testbench(drive)
    simulator.add_testbench(take)
    simulator.run()
    assert got == data
