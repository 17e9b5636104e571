import random as stalls

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.learning.hit_slices import HitSlices
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import layouts, simulate, simulated
from tests.link.streams import receive, send


def some_hits(layout, random, density):
    """Hits (n, 2) of one walk, (address, lane) each, in rising order."""
    lanes = layout.slice_lanes
    positions = np.flatnonzero(random.random(layout.bank_depth * lanes) < density)
    return np.stack(np.divmod(positions, lanes), axis=1)


@given(layouts(most_inputs=20, most_neurons=8), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3]))
@simulated(20)
def test_every_walks_hits_come_out_once_slice_by_slice(layout, seed, stall):
    unit, random = HitSlices(layout), np.random.default_rng(seed)
    walks = [some_hits(layout, random, density) for density in (0.02, 0.0, 0.3, 1.0)]
    got = []

    async def bench(ctx):
        async def walk(hits):
            ctx.set(unit.walking, 1)
            await send(ctx, unit.hits, [{"address": a, "lane": b} for a, b in hits.tolist()], stalls.Random(seed))
            ctx.set(unit.walking, 0)

        for hits in walks:
            await walk(hits)
            while ctx.get(unit.found):
                await ctx.tick()

    async def take(ctx):
        for hits in walks:
            slices = await receive(ctx, unit.slices, len(unit.model(hits)), stalls.Random(seed), stall=stall)
            got.append([(found.address, found.mask) for found in slices])
        await ctx.tick().repeat(3)
        assert not ctx.get(unit.found)

    simulate(unit, bench, take, cycles=20_000)
    assert got == [unit.model(hits) for hits in walks]


# in a cycle: walking, hit offered, slice accepted -> hit taken; address found, mask of the complete slice
COURSE = [
    (1, None, 1, None, None, None),
    (1, (2, 1), 0, True, None, None),
    (1, None, 1, None, 2, None),
    (1, (2, 3), 0, True, 2, None),
    (1, (3, 0), 0, False, 2, 0b1010),
    (1, (3, 0), 1, False, 2, 0b1010),
    (1, (3, 0), 1, True, None, None),
    (1, None, 1, None, 3, None),
    (0, None, 0, None, 3, 0b0001),
    (0, None, 1, None, 3, 0b0001),
    (0, None, 1, None, None, None),
]


def test_a_slice_is_found_with_its_first_hit_and_complete_when_the_next_is_elsewhere_or_the_walk_over():
    unit = HitSlices(Layout(Network(8, (4,), 2), Machine(lanes=8, update_lanes=4)))

    async def bench(ctx):
        for walking, hit, accepted, taken, address, mask in COURSE:
            ctx.set(unit.walking, walking)
            ctx.set(unit.hits.valid, hit is not None)
            if hit:
                ctx.set(unit.hits.payload, dict(zip(("address", "lane"), hit, strict=True)))
            ctx.set(unit.slices.ready, accepted)
            assert hit is None or ctx.get(unit.hits.ready) == taken
            assert ctx.get(unit.found) == (address is not None)
            assert address is None or ctx.get(unit.slices.payload.address) == address
            assert ctx.get(unit.slices.valid) == (mask is not None)
            assert mask is None or ctx.get(unit.slices.payload.mask) == mask
            await ctx.tick()

    simulate(unit, bench, cycles=100)
