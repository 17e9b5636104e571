import random

import pytest

from bep_ref.config import ConfigError
from bep_sim.stalls import Pace, Stall
from tests.hw.drive import STEADY, simulate
from tests.link.streams import receive, send


@pytest.mark.parametrize("pace", [Pace(64, 128, 1), Pace(8, 4, 7), Pace(256, 64, 3)])
@pytest.mark.parametrize("stall", [0.0, 0.3])
def test_items_come_through_in_their_order_and_later(pace, stall):
    unit, items, waited = Stall(8, pace), list(range(200)), 0

    async def drive(ctx):
        await send(ctx, unit.input, items, STEADY)

    async def take(ctx):
        # fails where what is offered does not stay offered
        assert await receive(ctx, unit.output, len(items), random.Random(1), stall=stall) == items

    async def count(ctx):
        nonlocal waited
        while ctx.get(unit.output.payload) != items[-1]:
            _, _, offered, ready = await ctx.tick().sample(unit.input.valid, unit.input.ready)
            waited += offered and not ready

    simulate(unit, drive, take, count, cycles=20_000)
    share = waited / (waited + len(items))
    expected = pace.close / (pace.close + pace.open)
    assert share > 0.7 * expected


def test_a_stream_that_never_opens_again_is_refused():
    with pytest.raises(ConfigError, match=r"^open: 0 is out of range; it must be 1 to 256$"):
        Pace(1, 0, 1)
