import random as stalls

import numpy as np
import pytest
from amaranth.hdl import Module
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.hidden_plane import HiddenPlane
from bep_hw.layout import Layout
from bep_hw.update import Action, UpdateEngine
from bep_ref import Machine, Network
from bep_ref.mlp import sign
from tests.hw.drive import STEADY, layouts, pause, random_counters, simulate, simulated
from tests.link.streams import send


class Engine:
    """The engine on a real hidden plane, with the sample memory, the walk and the visible plane played by Python."""

    def __init__(self, layout, random, stall):
        """``stall``: whether orders come with pauses between them."""
        self.layout, self.random, self.stall = layout, random, stall
        self.unit = UpdateEngine(layout)
        self.counters = [np.zeros(shape, dtype=int) for shape in layout.network.shapes]
        chunk, slots = layout.machine.update_lanes, layout.machine.slots
        self.samples = random.integers(0, 2, (slots, layout.slot_chunks, chunk))
        self.visible, self.writes = {}, 0
        self.sent = self.committed = self.walks = 0
        self.done = False

    def module(self):
        m = Module()
        m.submodules.update = unit = self.unit
        m.submodules.hidden = hidden = HiddenPlane(self.layout)
        for name in ("read", "address", "write", "write_address", "write_data"):
            m.d.comb += getattr(hidden, name).eq(getattr(unit, name))
        m.d.comb += [unit.read_data.eq(hidden.read_data), unit.refused.eq(hidden.refused)]
        return m

    async def memories(self, ctx):
        unit = self.unit
        words = self.samples.reshape(-1, self.samples.shape[2]) @ (1 << np.arange(self.samples.shape[2]))
        visible = (unit.visible_write, unit.visible_address, unit.visible_column, unit.visible_data)
        while not self.done:
            _, _, address, committed, walk, *write = await ctx.tick().sample(
                unit.sample_address, unit.committed, unit.walk, *visible
            )
            ctx.set(unit.sample_data, int(words[address]))
            self.committed += committed
            if write[0]:
                self.visible[write[1], write[2]] = write[3]
                self.writes += 1
            if walk:
                self.walks += 1
                ctx.set(unit.walking, 1)

    def inputs(self, layer):
        """The bits (fan-in,) that ``layer`` reads of the sample whose orders are being sent."""
        place = self.layout.layers[layer]
        return self.samples[self.sent % len(self.samples), place.source_base :].ravel()[: place.fan_in]

    async def load(self, ctx, counters):
        self.counters = [q.copy() for q in counters]
        for address, group in self.layout.pack_counters(counters).items():
            ctx.set(self.unit.host_write, 1)
            ctx.set(self.unit.host_address, address)
            ctx.set(self.unit.host_data, group)
            await ctx.tick()
        ctx.set(self.unit.host_write, 0)
        await ctx.tick()

    async def read(self, ctx):
        image = {}
        for address in range(self.layout.hidden_depth):
            await self.idle(ctx)
            ctx.set(self.unit.host_read, 1)
            ctx.set(self.unit.host_address, address)
            await ctx.tick()
            ctx.set(self.unit.host_read, 0)
            (image[address],) = await ctx.tick().sample(self.unit.host_result).until(self.unit.host_done)
        return self.layout.unpack_counters(image)

    async def idle(self, ctx):
        while not ctx.get(self.unit.idle):
            await ctx.tick()

    async def order(self, ctx, **fields):
        wait = stalls.Random(int(self.random.integers(1 << 30))) if self.stall else STEADY
        await send(ctx, self.unit.orders, [fields], wait)

    async def step(self, ctx, layer, row, target):
        q = self.counters[layer]
        q[row] = self.unit.model(Action.STEP, q[row], self.inputs(layer), target)
        await self.order(ctx, layer=layer, row=row, target=target)

    async def end(self, ctx, last):
        await self.order(ctx, end=1, last=int(last))
        self.sent += 1

    async def walk(self, ctx, hits):
        """Reinforce the synapses (layer, row, column) and end the walk."""
        chunk = self.layout.machine.update_lanes
        while not ctx.get(self.unit.walking):
            await ctx.tick()
        for layer, row, column in hits:
            q = self.counters[layer]
            q[row] = self.unit.model(Action.REINFORCE, q[row], q[row], lane=column)
            address = int(self.layout.group_address(layer, column // chunk, row))
            await send(ctx, self.unit.hits, [{"address": address, "lane": column % chunk}], stalls.Random(column))
        await pause(ctx, self.random)
        ctx.set(self.unit.walking, 0)
        await ctx.tick()

    def signs(self):
        """The visible plane that a commit must leave."""
        image = {}
        for layer, q in enumerate(self.counters):
            image |= self.layout.pack_visible(layer, sign(q))
        return image

    def run(self, bench, cycles=60_000):
        async def finished(ctx):
            await bench(ctx)
            self.done = True

        simulate(self.module(), finished, self.memories, cycles=cycles)


def equal(have, want):
    return all(np.array_equal(a, b) for a, b in zip(have, want, strict=True))


def some_synapses(layout, random, count):
    layers = random.integers(0, len(layout.trainable), count)
    return [tuple(int(random.integers(n)) for n in layout.network.shapes[layer]) for layer in layers], layers


@given(layouts(most_inputs=24, most_neurons=9), st.integers(0, 2**32 - 1))
@simulated(15)
def test_orders_commits_and_reinforcement_leave_the_models_counters_and_signs(layout, seed):
    random = np.random.default_rng(seed)
    engine = Engine(layout, random, stall=True)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, random))
        for batch in range(3):
            triggers = [random.random() < 0.7 for _ in range(3)]
            for sample, triggered in enumerate(triggers):
                synapses, layers = some_synapses(layout, random, int(random.integers(1, 5)) * triggered)
                for (row, _), layer in zip(synapses, layers, strict=True):
                    await engine.step(ctx, int(layer), row, int(random.integers(2)))
                await engine.end(ctx, last=sample == len(triggers) - 1)
            while engine.committed <= batch:
                await ctx.tick()
            if any(triggers):
                assert engine.visible == engine.signs(), "as soon as it is committed"
                synapses, layers = some_synapses(layout, random, 4)
                await engine.walk(
                    ctx, [(int(layer), row, column) for (row, column), layer in zip(synapses, layers, strict=True)]
                )
            await engine.idle(ctx)
            assert ctx.get(engine.unit.freed) == engine.sent % (2 * layout.machine.slots)
        assert equal(await engine.read(ctx), engine.counters)

    engine.run(bench)


@pytest.mark.parametrize("spram", [False, True])
@pytest.mark.parametrize("bits", [2, 3, 8])
def test_counters_stay_at_both_ends(bits, spram):
    layout = Layout(Network(7, (4,), 2, counter_bits=bits), Machine(lanes=4, update_lanes=2, spram=spram))
    low, high = layout.network.counter_range
    engine = Engine(layout, np.random.default_rng(bits), stall=False)

    async def bench(ctx):
        await engine.load(ctx, [np.repeat([[high], [low], [high - 1], [low + 1]], 7, axis=1)])
        for row in range(4):
            for _ in range(3):
                await engine.step(ctx, 0, row, 1)
        await engine.idle(ctx)
        got = await engine.read(ctx)
        agree = engine.inputs(0) == 1
        assert (got[0][0, agree] == high).all()
        assert (got[0][1, ~agree] == low).all()
        assert (got[0][2, agree] == high).all()
        assert (got[0][3, ~agree] == low).all()
        assert equal(got, engine.counters)

    engine.run(bench)


@pytest.mark.parametrize("spram", [False, True])
@pytest.mark.parametrize("inputs", [2, 5])
def test_a_commit_right_behind_an_order_sees_its_step(inputs, spram):
    layout = Layout(Network(inputs, (3,), 2), Machine(lanes=4, update_lanes=2, spram=spram))
    engine = Engine(layout, np.random.default_rng(inputs), stall=False)

    async def bench(ctx):
        for row in range(3):
            # every step turns a sign or leaves it, by the input's bit
            await engine.load(ctx, [np.where(engine.inputs(0), -1, 0) * np.ones((3, 1), dtype=int)])
            await engine.step(ctx, 0, row, 1)
            await engine.end(ctx, last=True)
            while engine.committed <= row:
                await ctx.tick()
            assert engine.visible == engine.signs()
            await engine.walk(ctx, [])
            await engine.idle(ctx)

    engine.run(bench)


def test_reinforcement_pushes_away_from_zero_and_saturates():
    layout = Layout(Network(6, (4,), 2, counter_bits=3), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, [np.repeat([[0], [-1], [3], [-4]], 6, axis=1)])
        await engine.step(ctx, 0, 0, int(engine.inputs(0)[0]))  # a batch with a winner
        await engine.end(ctx, last=True)
        await engine.walk(ctx, [(0, row, column) for column in (0, 3) for row in range(4)])
        got = await engine.read(ctx)
        assert got[0][1:, 0].tolist() == got[0][1:, 3].tolist() == [-2, 3, -4]
        assert got[0][0, 0] == 2
        assert got[0][1:, [1, 2, 4, 5]].tolist() == [[-1] * 4, [3] * 4, [-4] * 4]

    engine.run(bench)


def test_a_batch_without_winners_is_committed_without_a_write_or_a_walk():
    layout = Layout(Network(6, (4,), 2), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        await engine.end(ctx, last=False)
        await engine.end(ctx, last=True)
        await ctx.tick().repeat(20)
        assert (engine.committed, engine.writes, engine.walks) == (1, 0, 0)

    engine.run(bench)


@given(layouts(most_inputs=40, most_neurons=9), st.integers(0, 2**32 - 1))
@simulated(10)
def test_the_hosts_commit_writes_every_column_once_with_zeros_behind_the_last_input(layout, seed):
    random = np.random.default_rng(seed)
    engine = Engine(layout, random, stall=False)

    async def bench(ctx):
        # counters behind a row's last input are not the network's and may hold anything
        for address in range(layout.hidden_depth):
            ctx.set(engine.unit.host_write, 1)
            ctx.set(engine.unit.host_address, address)
            ctx.set(engine.unit.host_data, sum(int(bit) << i for i, bit in enumerate(random.integers(0, 2, 128))))
            await ctx.tick()
        ctx.set(engine.unit.host_write, 0)
        engine.counters = await engine.read(ctx)
        await engine.idle(ctx)
        ctx.set(engine.unit.host_commit, 1)
        await ctx.tick()
        ctx.set(engine.unit.host_commit, 0)
        while not engine.committed:
            await ctx.tick()
        assert engine.visible == engine.signs()
        assert engine.writes == len(engine.visible)
        assert engine.walks == 0

    engine.run(bench)
