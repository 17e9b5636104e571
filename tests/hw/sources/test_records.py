import random as stalls

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.plan.images import pack_records
from bep_hw.plan.layout import Layout
from bep_hw.sources.records import RecordReader
from tests.hw.drive import layouts, simulate, simulated
from tests.link.streams import receive, send


def plane(unit, image, random, done):
    """A memory of the groups of ``image`` that takes its time; any other group is not to be read."""

    async def memory(ctx):
        while not done:
            _, _, read, address = await ctx.tick().sample(unit.access.read, unit.access.address)
            if read and random.random() < 0.3:
                ctx.set(unit.access.result, image[address])
                ctx.set(unit.access.done, 1)
                await ctx.tick()
                ctx.set(unit.access.done, 0)
                ctx.set(unit.access.result, random.getrandbits(len(unit.access.result)))

    return memory


@given(layouts(), st.sampled_from([0.0, 0.4]), st.integers(0, 2**32 - 1))
@simulated(12)
def test_chunks_of_records_are_those_written(plain, stall, seed):
    layout = Layout(plain.network, type(plain.machine)(**plain.machine.to_dict() | {"cache_samples": 300}))
    unit, random = RecordReader(layout), stalls.Random(seed)
    numbers = np.random.default_rng(seed)
    x, y = numbers.choice([-1, 1], (5, layout.network.inputs)), numbers.integers(0, layout.network.classes, 5)
    image = pack_records(layout, x, y)
    assert min(image) == layout.hidden_depth
    order = [int(index) for index in numbers.integers(0, 5, 6)]
    expected = unit.model(x[order], y[order])
    got, done = [], []

    async def feed(ctx):
        await send(ctx, unit.source.indices, order, random)

    async def take(ctx):
        got.extend(await receive(ctx, unit.source.chunks, len(expected), random, stall=stall))
        done.append(True)

    simulate(unit, feed, take, plane(unit, image, random, done), cycles=30_000)
    assert [(chunk.chunk, chunk.label, bool(chunk.final)) for chunk in got] == expected
