import random as stalls

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.gaps import GapWalker
from bep_hw.registers import TABLE_STRIDE
from bep_ref.reinforce import Xorshift32, threshold_planes
from tests.hw.drive import layouts, simulate, simulated
from tests.link.streams import receive

WALKS = 2

probabilities = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0005, 0.3))


def walk(unit, tables, seed, count, stall):
    """Hits (address, lane) of each of ``WALKS`` walks, and the generator's state behind them."""
    random = stalls.Random(seed)
    got, states = [], []
    entries = np.zeros(TABLE_STRIDE * len(tables), dtype=int)
    for layer, table in enumerate(tables):
        entries[layer * TABLE_STRIDE : layer * TABLE_STRIDE + len(table)] = table
    done = False

    async def table(ctx):
        while not done:
            granted = random.random() >= stall
            ctx.set(unit.table_granted, granted)
            _, _, address = await ctx.tick().sample(unit.table_address)
            # between walks the address means nothing
            known = granted and address < len(entries)
            ctx.set(unit.table_data, int(entries[address]) if known else random.getrandbits(16))

    async def bench(ctx):
        nonlocal done
        ctx.set(unit.load, 1)
        ctx.set(unit.seed, seed)
        await ctx.tick()
        ctx.set(unit.load, 0)
        for expected in count:
            ctx.set(unit.start, 1)
            await ctx.tick()
            ctx.set(unit.start, 0)
            assert ctx.get(unit.busy)
            hits = await receive(ctx, unit.hits, expected, random, stall=stall)
            got.append([(hit.address, hit.lane) for hit in hits])
            while ctx.get(unit.busy):
                assert not ctx.get(unit.hits.valid), "one hit too many"
                await ctx.tick()
            states.append(ctx.get(unit.state))
        done = True

    simulate(unit, bench, table, cycles=20_000)
    return got, states


@given(
    layouts(most_inputs=16, most_neurons=8),
    st.lists(probabilities, min_size=3, max_size=3),
    st.integers(1, 2**32 - 1),
    st.sampled_from([0.0, 0.3]),
)
@simulated(12)
def test_hits_and_the_generators_state_are_the_golden_models(layout, chances, seed, stall):
    unit = GapWalker(layout)
    tables = [threshold_planes(p) for p in chances[: len(layout.trainable)]]
    generator, want, states = Xorshift32(seed), [], []
    for _ in range(WALKS):
        want.append([tuple(hit) for hit in unit.model(tables, generator).tolist()])
        states.append(generator.state)
    assert walk(unit, tables, seed, [len(hits) for hits in want], stall) == (want, states)


@given(layouts(most_inputs=8, most_neurons=6), st.integers(1, 2**32 - 1))
@simulated(10)
def test_a_layer_that_is_off_draws_nothing(layout, seed):
    unit = GapWalker(layout)
    tables = [threshold_planes(0.0)] * len(layout.trainable)
    assert walk(unit, tables, seed, [0] * WALKS, 0.2) == ([[]] * WALKS, [seed] * WALKS)
