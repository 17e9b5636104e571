import random as stalls

import numpy as np
import pytest

from bep_hw.learning.hit_queue import HitQueue
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import STEADY, simulate
from tests.link.streams import receive, send


def queue(depth):
    return HitQueue(Layout(Network(16, (20,), 2), Machine(lanes=8, update_lanes=4, hits_ahead=depth)))


def slices(count):
    """Slices with hits."""
    random = np.random.default_rng(count)
    masks = random.integers(1, 16, count).tolist()
    return [{"address": number % 40, "mask": mask} for number, mask in enumerate(masks)]


@pytest.mark.parametrize("depth", [2, 8, 16])
@pytest.mark.parametrize("stall", [0.0, 0.2, 0.7])
def test_slices_come_out_in_order_and_are_held_meanwhile(depth, stall):
    unit, sent, got, inside = queue(depth), slices(120), [], 0

    async def watch(ctx):
        nonlocal inside
        ports = (unit.input.valid, unit.input.ready, unit.output.valid, unit.output.ready)
        while len(got) < len(sent):
            assert ctx.get(unit.holding) == (inside > 0)
            _, _, offered, accepted, there, wanted = await ctx.tick().sample(*ports)
            inside += (offered & accepted) - (there & wanted)

    async def offer(ctx):
        await send(ctx, unit.input, sent, stalls.Random(1))

    async def take(ctx):
        got.extend(await receive(ctx, unit.output, len(sent), stalls.Random(2), stall=stall))

    simulate(unit, watch, offer, take, cycles=2000)
    assert [(found.address, found.mask) for found in got] == [(one["address"], one["mask"]) for one in sent]


@pytest.mark.parametrize("depth", [2, 8, 16])
def test_it_takes_as_many_as_asked_for_before_any_is_wanted_and_then_gives_one_a_cycle(depth):
    unit, sent = queue(depth), slices(depth)

    async def bench(ctx):
        await send(ctx, unit.input, sent, STEADY)
        await ctx.tick().repeat(depth)
        got = []
        ctx.set(unit.output.ready, 1)
        for _ in range(depth):
            _, _, there, found = await ctx.tick().sample(unit.output.valid, unit.output.payload)
            assert there
            got.append({"address": found.address, "mask": found.mask})
        assert got == sent
        assert not ctx.get(unit.holding)

    simulate(unit, bench, cycles=2 * depth + 20)
