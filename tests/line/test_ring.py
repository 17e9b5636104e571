import random

import pytest
from amaranth.sim import Simulator

from bep_hw.line.ring import Ring
from tests.link.streams import receive


@pytest.mark.parametrize("seed", range(3))
def test_every_byte_comes_out_in_order_as_long_as_there_is_room(seed):
    unit, numbers, got = Ring(8), random.Random(seed), []
    data = list(numbers.randbytes(200))

    async def drive(ctx):
        for sent, byte in enumerate(data):
            while sent - len(got) >= 7 or numbers.random() < 0.3:
                await ctx.tick()
            ctx.set(unit.input.payload, byte)
            ctx.set(unit.input.valid, 1)
            await ctx.tick()
            ctx.set(unit.input.valid, 0)

    async def take(ctx):
        for _ in data:
            got.extend(await receive(ctx, unit.output, 1, numbers))

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_testbench(drive)
    simulator.add_testbench(take)
    simulator.run()
    assert got == data
