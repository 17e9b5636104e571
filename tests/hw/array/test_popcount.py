import numpy as np
import pytest

from bep_hw.array.popcount import XnorPopcount
from tests.hw.drive import number_of, simulate

LANES = (1, 2, 3, 4, 5, 7, 8, 14, 15, 16, 31, 33, 63, 64, 98, 127, 200, 256, 300)


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("lanes", LANES)
def test_counts_follow_their_words_by_the_delay(lanes, levels):
    unit = XnorPopcount(lanes, levels)
    random = np.random.default_rng(lanes)
    # words of all densities, then all and none agreeing
    weight = (random.random((30, lanes)) < np.linspace(0, 1, 30)[:, None]).astype(int)
    inputs = (random.random((30, lanes)) < random.random((30, 1))).astype(int)
    inputs[-2:] = [1 - weight[-2], weight[-1]]
    want = unit.model(weight, inputs)
    got = []

    async def bench(ctx):
        for index in range(len(weight) + unit.delay):
            if index < len(weight):
                ctx.set(unit.weight, number_of(weight[index]))
                ctx.set(unit.input, number_of(inputs[index]))
            await ctx.tick()
            got.append(ctx.get(unit.count))

    simulate(unit, bench, cycles=100)
    # in the cycle of index i the word i is offered; its count is there after `delay` clock edges
    assert got[unit.delay - 1 : unit.delay - 1 + len(want)] == want.tolist()


def test_one_level_a_stage_delays_by_the_depth_of_the_tree():
    # 2^d - 1 bits fit d levels: an adder takes two counts and one more bit
    assert [XnorPopcount(lanes, 1).delay for lanes in (1, 2, 3, 4, 7, 8, 15, 255, 256)] == [1, 1, 1, 2, 2, 3, 3, 7, 8]
