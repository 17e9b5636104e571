import random as stalls

import pytest

from bep_hw.parts.stream_register import StreamRegister
from tests.hw.drive import STEADY, simulate
from tests.link.streams import receive, send

VALUES = [stalls.Random(0).randrange(256) for _ in range(100)]


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize("seed", range(4))
def test_values_pass_in_order_one_a_cycle_if_nobody_stalls_and_are_held_meanwhile(seed, stall):
    unit, got = StreamRegister(8), []
    counts = {"taken": 0, "given": 0, "cycles": 0}

    async def watch(ctx):
        # takings and givings until now are what is inside
        while counts["given"] < len(VALUES):
            assert ctx.get(unit.holding) == (counts["taken"] > counts["given"])
            ports = (unit.input.valid, unit.input.ready, unit.output.valid, unit.output.ready)
            _, _, offered, accepted, there, wanted = await ctx.tick().sample(*ports)
            counts["taken"] += offered & accepted
            counts["given"] += there & wanted
            counts["cycles"] += 1

    async def offer(ctx):
        await send(ctx, unit.input, VALUES, stalls.Random(seed) if stall else STEADY)

    async def take(ctx):
        got.extend(await receive(ctx, unit.output, len(VALUES), stalls.Random(seed + 1), stall=stall))

    simulate(unit, watch, offer, take, cycles=1000)
    assert got == VALUES
    if not stall:
        assert counts["cycles"] == len(VALUES) + 1


def test_nothing_passes_within_a_cycle():
    unit = StreamRegister(8)

    async def bench(ctx):
        async def outputs():
            """What both ends see, whatever the other end does."""
            seen = set()
            for valid in (0, 1):
                for ready in (0, 1):
                    ctx.set(unit.input.valid, valid)
                    ctx.set(unit.output.ready, ready)
                    seen.add((ctx.get(unit.input.ready), ctx.get(unit.output.valid)))
            ctx.set(unit.output.ready, 0)
            ctx.set(unit.input.valid, 1)
            return seen

        for inside in ((1, 0), (1, 1), (0, 1)):
            assert await outputs() == {inside}
            await ctx.tick()

    simulate(unit, bench, cycles=10)
