import itertools

import numpy as np
import pytest
from amaranth.sim import Simulator

from bep_hw.learning.counters import CounterStep


def steps(unit, cases):
    """What the combinational ``unit`` makes of each (counter, up, enable), as signed numbers."""
    got = []

    async def bench(ctx):
        for counter, up, enable in cases:
            ctx.set(unit.counter, int(counter))
            ctx.set(unit.up, int(up))
            ctx.set(unit.enable, int(enable))
            await ctx.delay(1e-6)
            value = ctx.get(unit.stepped)
            got.append(value - (value >> (unit.bits - 1) << unit.bits))

    simulator = Simulator(unit)
    simulator.add_testbench(bench)
    simulator.run()
    return got


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6])
def test_every_counter_steps_as_the_model_says(bits):
    unit = CounterStep(bits)
    half = 1 << (bits - 1)
    cases = list(itertools.product(range(-half, half), (0, 1), (0, 1)))
    assert steps(unit, cases) == unit.model(*np.array(cases).T).tolist()


@pytest.mark.parametrize("bits", [8, 16])
def test_wide_counters_step_and_saturate_at_both_ends(bits):
    unit = CounterStep(bits)
    half = 1 << (bits - 1)
    random = np.random.default_rng(bits)
    values = [-half, 1 - half, -2, -1, 0, 1, half - 2, half - 1, *random.integers(-half, half, 100)]
    cases = list(itertools.product(values, (0, 1), (0, 1)))
    assert steps(unit, cases) == unit.model(*np.array(cases).T).tolist()


def test_the_ends_stay():
    unit = CounterStep(8)
    assert steps(unit, [(127, 1, 1), (-128, 0, 1), (0, 0, 1), (-1, 1, 1), (5, 1, 0)]) == [127, -128, -1, 0, 5]
