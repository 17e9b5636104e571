import numpy as np
import pytest

from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import number_of, simulate

# the deepest has more than one column a word
SHAPES = [((5,), 6, 1), ((5,), 6, 2), ((40,), 24, 2), ((64,), 36, 1)]


@pytest.mark.parametrize("register", [False, True])
@pytest.mark.parametrize(("hidden", "lanes", "chunk"), SHAPES)
def test_words_follow_their_addresses_by_the_delay(hidden, lanes, chunk, register):
    layout = Layout(Network(7, hidden, 3), Machine(lanes=lanes, update_lanes=chunk, register_plane=register))
    unit = VisiblePlane(layout)
    assert unit.delay == VisiblePlane.delay_of(layout) == 1 + register
    random = np.random.default_rng(lanes)
    columns = random.integers(0, 2, (layout.plane_depth, layout.columns_per_word, layout.column))
    addresses = random.integers(0, layout.plane_depth, 100)
    got = []

    async def bench(ctx):
        for address, column in random.permutation(list(np.ndindex(columns.shape[:2]))).tolist():
            ctx.set(unit.write.valid, 1)
            ctx.set(unit.write.address, address)
            ctx.set(unit.write.block, column)
            ctx.set(unit.write.data, number_of(columns[address, column]))
            await ctx.tick()
        ctx.set(unit.write.valid, 0)
        ctx.set(unit.write.data, 0)
        for address in [*addresses.tolist(), 0, 0]:
            ctx.set(unit.read.address, address)
            await ctx.tick()
            got.append(ctx.get(unit.read.data))

    simulate(unit, bench, cycles=2000)
    words = [number_of(bits) for bits in unit.model(columns, addresses)]
    assert got[unit.delay - 1 : unit.delay - 1 + len(words)] == words


def test_a_write_leaves_the_other_columns_alone():
    layout = Layout(Network(7, (64,), 3), Machine(lanes=36, update_lanes=1))
    unit = VisiblePlane(layout)
    assert layout.columns_per_word > 1

    async def bench(ctx):
        ctx.set(unit.write.valid, 1)
        ctx.set(unit.write.address, 3)
        ctx.set(unit.read.address, 3)
        for column in range(layout.columns_per_word):
            ctx.set(unit.write.block, column)
            ctx.set(unit.write.data, (1 << layout.column) - 1)
            await ctx.tick()
            await ctx.tick()
            assert ctx.get(unit.read.data) == (1 << layout.column * (column + 1)) - 1

    simulate(unit, bench, cycles=100)
