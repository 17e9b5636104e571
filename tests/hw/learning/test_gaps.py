import random as stalls
from itertools import count

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.learning.gaps import GapWalker
from bep_hw.plan.images import pack_counters, unpack_counters
from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import TABLE_STRIDE
from bep_ref import Machine, Network
from bep_ref.networks.reinforce import PLANES, Xorshift32, hits, threshold_planes
from tests.hw.drive import layouts, random_mlp, simulate, simulated
from tests.link.streams import receive

WALKS = 2

probabilities = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0005, 0.3))


def table_port(unit, tables, random, stall, done):
    """The memory of ``tables``, whose port somebody else takes with chance ``stall``, until something is ``done``."""
    entries = np.zeros(TABLE_STRIDE * len(tables), dtype=int)
    for layer, table in enumerate(tables):
        entries[layer * TABLE_STRIDE : layer * TABLE_STRIDE + len(table)] = table

    async def table(ctx):
        while not done:
            assert ctx.get(unit.busy) or not ctx.get(unit.hits.valid), "busy until the last hit is taken"
            granted = random.random() >= stall
            ctx.set(unit.thresholds.granted, granted)
            _, _, address = await ctx.tick().sample(unit.thresholds.address)
            # between walks the address means nothing
            known = granted and address < len(entries)
            ctx.set(unit.thresholds.data, int(entries[address]) if known else random.getrandbits(16))

    return table


async def begin(ctx, unit, seed=None):
    """Start a walk, from ``seed`` if one is given."""
    if seed is not None:
        ctx.set(unit.seed.load, 1)
        ctx.set(unit.seed.value, seed)
        await ctx.tick()
        ctx.set(unit.seed.load, 0)
    ctx.set(unit.start, 1)
    await ctx.tick()
    ctx.set(unit.start, 0)
    assert ctx.get(unit.busy)


def walk(unit, tables, seed, count, stall):
    """Hits (address, lane) of each of ``WALKS`` walks, and the generator's state behind them."""
    random = stalls.Random(seed)
    got, states, done = [], [], []

    async def bench(ctx):
        for number, expected in enumerate(count):
            await begin(ctx, unit, None if number else seed)
            hits = await receive(ctx, unit.hits, expected, random, stall=stall)
            got.append([(hit.address, hit.lane) for hit in hits])
            while ctx.get(unit.busy):
                assert not ctx.get(unit.hits.valid), "one hit too many"
                await ctx.tick()
            states.append(ctx.get(unit.seed.state))
        done.append(True)

    simulate(unit, bench, table_port(unit, tables, random, stall, done), cycles=20_000)
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


def test_the_first_draw_of_a_walk_may_be_decided_by_the_first_plane():
    layout = Layout(Network(16, (8,), 2), Machine(lanes=8, update_lanes=4))
    unit, tables = GapWalker(layout), [threshold_planes(0.05)]
    seed = next(seed for seed in count(1) if Xorshift32(seed).word() % 512 == 511 ^ tables[0][0])
    generator, want, states = Xorshift32(seed), [], []
    for _ in range(WALKS):
        want.append([tuple(hit) for hit in unit.model(tables, generator).tolist()])
        states.append(generator.state)
    assert walk(unit, tables, seed, [len(hits) for hits in want], 0.0) == (want, states)


def test_a_draw_that_no_plane_decides_ends_with_the_last():
    unit, generator = GapWalker(Layout(Network(8, (4,), 2), Machine(lanes=8, update_lanes=4))), Xorshift32(5)
    # thresholds equal to the first numbers drawn: not below, so gap 0
    tables = [tuple(generator.word() % 512 for _ in range(PLANES))]
    generator = Xorshift32(5)
    first, *_ = want = [tuple(hit) for hit in unit.model(tables, generator).tolist()]
    assert first == (0, 0)
    got, states = walk(unit, tables, 5, [len(want)], 0)
    assert (got, states) == ([want], [generator.state])


def test_the_next_hit_is_drawn_while_one_waits_and_no_further():
    layout = Layout(Network(12, (6,), 2), Machine(lanes=12, update_lanes=3))
    unit, table, generator, done = GapWalker(layout), threshold_planes(0.2), Xorshift32(9), []
    positions = hits(table, 72, generator)

    async def bench(ctx):
        await begin(ctx, unit, generator.state)
        waiting = next(positions)
        for following in positions:
            await ctx.tick().repeat(100)
            assert ctx.get(unit.seed.state) == generator.state
            (hit,) = await receive(ctx, unit.hits, 1, stalls.Random(1), stall=0)
            assert (hit.address, hit.lane) == divmod(waiting, 3)
            waiting = following
        done.append(True)

    simulate(unit, bench, table_port(unit, [table], stalls.Random(1), 0, done), cycles=4000)


@given(layouts(), st.floats(0.001, 0.5), st.integers(1, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_counters_at_the_hits_are_those_that_the_golden_model_reinforces(layout, chance, seed):
    network, chunk = layout.network, layout.machine.update_lanes
    groups = list(network.hidden)
    plain, net = (random_mlp(network, groups, seed, margin=2.0, walk_block=layout.column) for _ in range(2))
    net.generator = Xorshift32(seed)
    x = np.ones((1, network.inputs), dtype=int)
    wrong = (net.predict(x) + 1) % network.classes
    chances = [chance] * len(network.hidden)
    plain.step(x, wrong)
    net.step(x, wrong, chances)

    picked = pack_counters(layout, [np.zeros(shape, dtype=int) for shape in network.shapes])
    generator = Xorshift32(seed)
    for address, lane in GapWalker(layout).model([threshold_planes(chance)] * len(chances), generator).tolist():
        picked[address * layout.banks + lane // chunk] |= 1 << network.counter_bits * (lane % chunk)
    for before, hit, after in zip(plain.counters, unpack_counters(layout, picked), net.counters, strict=True):
        pushed = before + (hit != 0) * np.where(before >= 0, 1, -1)
        assert np.array_equal(np.clip(pushed, *network.counter_range), after)
    assert generator.state == net.generator.state
