import numpy as np

from bep_hw.sources.shuffle import Shuffle
from tests.hw.drive import pause, simulate

BITS, COUNT, KEY = 9, 300, 0xBE900001


def test_one_epoch_after_the_other_and_a_key_that_begins_anew():
    unit = Shuffle(BITS)
    got, random = [], np.random.default_rng(1)

    async def bench(ctx):
        ctx.set(unit.count, COUNT)
        for number in (COUNT + 20, 10):  # the second time in the middle of an epoch
            ctx.set(unit.key, KEY)
            ctx.set(unit.load, 1)
            await ctx.tick()
            ctx.set(unit.load, 0)
            got.append([])
            for _ in range(number):
                await pause(ctx, random, 0.5)
                ctx.set(unit.indices.ready, 1)
                (index,) = await ctx.tick().sample(unit.indices.payload).until(unit.indices.valid)
                ctx.set(unit.indices.ready, 0)
                got[-1].append(index)

    simulate(unit, bench, cycles=30_000)
    expected = unit.model(KEY, COUNT, 2).tolist()
    assert got == [expected[: COUNT + 20], expected[:10]]
