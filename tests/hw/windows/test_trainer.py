"""The whole trainer beside the golden model: counters, visible weights, read-out, predictions, triggers."""

from dataclasses import replace

import numpy as np
import pytest

from bep_hw.plan.images import pack_samples
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address
from bep_hw.windows.host import window_settings
from bep_hw.windows.images import pack_counters, pack_readout, unpack_counters, unpack_readout
from bep_hw.windows.trainer import WindowTrainer
from tests.hw.drive import ask, simulate
from tests.hw.windows.small import golden, layout, samples


async def load(ctx, unit, net):
    place = unit.layout
    for where, group in pack_counters(place, net.counters).items():
        await ask(ctx, unit, Space.COUNTERS, where, group)
    for where, value in pack_readout(place, net.readout).items():
        await ask(ctx, unit, Space.READOUT, where, value)
    writes = window_settings(net.network, net.training.margin, net.training.gate, net.group_size[0], net.settled)
    for where, value in {**writes, address("seed"): net.generator.state, address("commit"): 1}.items():
        await ask(ctx, unit, Space.REGISTERS, where, value)


@pytest.mark.parametrize(
    "name, offsets, rows, update_lanes, spram, selection, pauses",
    [
        ("pooled", (0.2,), 2, 4, True, "draw", 0.3),
        ("pooled", (-0.1, 0.2), 2, 4, False, "group", 0.0),
        ("unshared", (0.2,), 2, 3, False, "draw", 0.3),
        ("one kernel", (0.1,), 1, 4, True, "draw", 0.0),
        ("series", (0.0, 0.1, 0.3), 3, 16, False, "draw", 0.3),
        ("channels", (0.1,), 2, 2, True, "draw", 0.0),
        ("whole", (0.1,), 4, 8, False, "draw", 0.3),
        ("inside", (-0.1, 0.1, 0.2, 0.3), 2, 5, True, "draw", 0.0),
    ],
)
def test_mini_batches_are_learned_bit_for_bit(name, offsets, rows, update_lanes, spram, selection, pauses):
    place = layout(name, offsets, rows=rows, update_lanes=update_lanes, spram=spram, counter_bits=4)
    net = golden(place, margin=1.0, gate=0.3, selection=selection, draw_bits=3, group_size=4)
    unit = WindowTrainer(place.network, replace(place.machine, draw_bits=3 if selection == "draw" else 0))
    x, y = samples(place, 36)
    batches = [slice(0, 1), slice(1, 13), slice(13, 36)]
    random, found, wanted = np.random.default_rng(4), [], []
    start = net.counters.copy()

    async def bench(ctx):
        await load(ctx, unit, net)
        beats = pack_samples(place, x)
        for batch in batches:
            result = net.step(x[batch], y[batch])
            wanted.extend(zip(result.predictions.tolist(), result.triggered.tolist(), strict=True))
            for n in range(len(x))[batch]:
                for value in beats[n]:
                    while random.random() < pauses:
                        await ctx.tick()
                    sample = {"chunk": int(value), "label": int(y[n]), "train": 1, "last": n == batch.stop - 1}
                    ctx.set(unit.samples.payload, sample)
                    ctx.set(unit.samples.valid, 1)
                    await ctx.tick().until(unit.samples.ready)
                    ctx.set(unit.samples.valid, 0)
        image = {where: await ask(ctx, unit, Space.COUNTERS, where) for where in range(place.hidden_groups)}
        addresses = pack_readout(place, net.readout)
        readout = {where: await ask(ctx, unit, Space.READOUT, where) for where in addresses}
        assert found == wanted
        assert not np.array_equal(start, net.counters)
        assert np.array_equal(unpack_counters(place, image), net.counters)
        assert np.array_equal(unpack_readout(place, readout), net.readout)
        if selection == "draw":
            assert await ask(ctx, unit, Space.REGISTERS, address("seed")) == net.generator.state

    async def collect(ctx):
        stalls = np.random.default_rng(8)
        while len(found) < len(x):
            while stalls.random() < pauses:
                await ctx.tick()
            ctx.set(unit.results.ready, 1)
            (payload,) = await ctx.tick().sample(unit.results.payload).until(unit.results.valid)
            ctx.set(unit.results.ready, 0)
            found.append((payload.prediction, bool(payload.triggered)))

    simulate(unit, bench, collect, cycles=300_000)
