"""Array and read-out beside the golden model: predictions, triggers, orders, counters of the read-out."""

import math

import numpy as np
import pytest

from bep_hw.plan.images import pack_samples
from tests.hw.drive import simulate
from tests.hw.windows.core import Core, limits_of, words_of
from tests.hw.windows.small import GEOMETRIES, golden, layout, samples


def expected_orders(net, x, y, shifts):
    """What the golden model does with one mini-batch: results, orders (word, row, position, target), ends."""
    place, geometry = net.place, net.network.geometry
    windows = list(geometry.windows())
    results, orders = [], []
    for n in range(len(x)):
        batch_x, shift = x[n : n + 1], shifts[n : n + 1]
        match, which = net.match(net.windows(batch_x, shift))
        z = net.units(match)
        before = net.readout.copy()
        weights = net.weights
        result = net.step(batch_x, y[n : n + 1], shifts=shift)
        net._weights = weights  # the mini-batch goes on
        results.append((int(result.predictions[0]), bool(result.triggered[0])))
        if result.triggered[0]:
            a = np.where(z[0] >= 0, 1, -1)
            scores = before @ a
            others = np.where(np.arange(len(scores)) == y[n], -(10**9), scores)
            d = before[y[n]] - before[others.argmax()]
            for unit in np.flatnonzero(result.winners[0][0]):
                number, kernel = net._place_of(unit), unit % geometry.kernels
                down, right = windows[number * geometry.pooled + which[0, number, kernel]] + shift[0]
                word, row = place.kernel_place(net._kernel_of(unit))
                orders.append((word, row, int(down * geometry.shape[1] + right), int(d[unit] > 0)))
        orders.append(("end", bool(result.triggered[0]), n == len(x) - 1))
    return results, orders


async def learn(ctx, core, net, x, y, shifts, random, pauses):
    """Load the read-out, stream one mini-batch, collect results and orders."""
    head, place = core.head, core.layout
    kernels, offsets = place.geometry.kernels, len(place.network.offsets)
    ctx.set(head.margin, math.floor(net.training.margin * place.network.units))
    ctx.set(head.group_size, net.group_size[0])
    ctx.set(head.seed, net.generator.state)
    ctx.set(head.seed_write, 1)
    await ctx.tick()
    ctx.set(head.seed_write, 0)
    for (number, unit), value in np.ndenumerate(net.readout):
        block, kernel = divmod(unit, kernels)
        ctx.set(head.host_write, 1)
        ctx.set(head.host_class, number)
        ctx.set(head.host_address, block // offsets * kernels + kernel)
        ctx.set(head.host_offset, block % offsets)
        ctx.set(head.host_data, int(value) & (1 << place.network.readout) - 1)
        await ctx.tick()
        ctx.set(head.host_write, 0)
        await ctx.tick().repeat(3)
    beats = pack_samples(place, x)
    for n in range(len(x)):
        for value in beats[n]:
            while random.random() < pauses:
                await ctx.tick()
            ctx.set(
                core.samples.payload, {"chunk": int(value), "label": int(y[n]), "train": 1, "last": n == len(x) - 1}
            )
            ctx.set(core.samples.valid, 1)
            ctx.set(core.down, int(shifts[n, 0]) & 3)
            ctx.set(core.right, int(shifts[n, 1]) & 3)
            await ctx.tick().until(core.samples.ready)
            ctx.set(core.samples.valid, 0)


async def read_readout(ctx, core, net):
    head, place = core.head, core.layout
    kernels, offsets = place.geometry.kernels, len(place.network.offsets)
    found = np.zeros_like(net.readout)
    for (number, unit), _ in np.ndenumerate(found):
        block, kernel = divmod(unit, kernels)
        ctx.set(head.host_read, 1)
        ctx.set(head.host_class, number)
        ctx.set(head.host_address, block // offsets * kernels + kernel)
        ctx.set(head.host_offset, block % offsets)
        await ctx.tick()
        ctx.set(head.host_read, 0)
        (found[number, unit],) = await ctx.tick().sample(head.host_value).until(head.host_done)
    return found


@pytest.mark.parametrize(
    "name, offsets, rows, selection, pauses",
    [(name, (0.2,), 2, "draw", 0.2 * (number % 2)) for number, name in enumerate(GEOMETRIES)]
    + [("pooled", (-0.1, 0.1, 0.3), 3, "draw", 0.2), ("inside", (-0.1, 0.1, 0.3), 3, "draw", 0.0)]
    + [("pooled", (0.0, 0.2), 2, "group", 0.0), ("unshared", (0.0, 0.2), 2, "group", 0.2)],
)
def test_a_mini_batch_is_decided_and_learned_as_by_the_golden_model(name, offsets, rows, selection, pauses):
    place = layout(name, offsets=offsets, rows=rows)
    draw_bits = 3 if selection == "draw" else 0
    net = golden(place, margin=1.0, gate=0.3, selection=selection, draw_bits=3, group_size=4)
    net.place = place
    x, y = samples(place, 24)
    random = np.random.default_rng(5)
    shifts = random.integers(-1, 2, (len(x), 2))
    core = Core(place, words_of(place, net.weights), limits_of(net), draw_bits)
    results, orders = [], []
    reference = golden(place, margin=1.0, gate=0.3, selection=selection, draw_bits=3, group_size=4)
    reference.place = place

    async def send(ctx):
        await learn(ctx, core, net, x, y, shifts, np.random.default_rng(6), pauses)

    async def take_results(ctx):
        ctx.set(core.results.ready, 1)
        while len(results) < len(x):
            (payload,) = await ctx.tick().sample(core.results.payload).until(core.results.valid)
            results.append((payload.prediction, bool(payload.triggered)))

    async def take_orders(ctx):
        stalls = np.random.default_rng(7)
        ends = 0
        while ends < len(x):
            ctx.set(core.room, int(stalls.random() >= pauses))
            _, _, push, order = await ctx.tick().sample(core.push, core.order)
            ctx.set(core.free, 0)
            if push and order.end:
                orders.append(("end", bool(order.target), bool(order.last)))
                ctx.set(core.free, 1)
                ends += 1
            elif push:
                orders.append((order.word, order.row, order.position, order.target))
        await ctx.tick()
        found = await read_readout(ctx, core, net)
        wanted_results, wanted_orders = expected_orders(reference, x, y, shifts)
        mask = (1 << len(core.order.position)) - 1
        wanted_orders = [o if o[0] == "end" else (*o[:2], o[2] & mask, o[3]) for o in wanted_orders]
        assert results == wanted_results
        assert sum(o[0] != "end" for o in wanted_orders) > 20
        assert orders == wanted_orders
        assert np.array_equal(found, reference.readout)
        if selection == "draw":
            assert ctx.get(core.head.state) == reference.generator.state

    simulate(core, send, take_results, take_orders, cycles=200_000)
