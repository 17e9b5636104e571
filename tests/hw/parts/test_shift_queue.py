import random as stalls

import pytest

from bep_hw.parts.shift_queue import ShiftQueue
from tests.hw.drive import STEADY, simulate
from tests.link.streams import receive, send

VALUES = [stalls.Random(0).randrange(256) for _ in range(120)]


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
@pytest.mark.parametrize(("offered", "wanted"), [(0.0, 0.0), (0.0, 0.7), (0.7, 0.0), (0.4, 0.4)])
def test_values_come_out_in_order_and_held_counts_them(depth, offered, wanted):
    unit, got, inside, most = ShiftQueue(8, depth), [], 0, 0

    async def watch(ctx):
        nonlocal inside, most
        ports = (unit.input.valid, unit.input.ready, unit.output.valid, unit.output.ready)
        while len(got) < len(VALUES):
            assert ctx.get(unit.held) == (1 << inside) - 1
            assert ctx.get(unit.input.ready) == (inside < depth)
            sent, free, there, taken = (await ctx.tick().sample(*ports))[2:]
            inside += (sent & free) - (there & taken)
            most = max(most, inside)

    async def offer(ctx):
        await send(ctx, unit.input, VALUES, stalls.Random(3) if offered else STEADY)

    async def take(ctx):
        got.extend(await receive(ctx, unit.output, len(VALUES), stalls.Random(4), stall=wanted))

    simulate(unit, watch, offer, take, cycles=1000)
    assert got == VALUES
    if wanted > offered:
        assert most == depth


def test_one_passes_every_cycle():
    unit = ShiftQueue(8, 2)

    async def offer(ctx):
        await send(ctx, unit.input, VALUES, STEADY)

    async def take(ctx):
        assert await receive(ctx, unit.output, len(VALUES), STEADY, stall=0.0) == VALUES

    simulate(unit, offer, take, cycles=len(VALUES) + 3)
