import random as stalls

import numpy as np
import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.update import Action, UpdateEngine
from bep_hw.plan.images import pack_counters, pack_visible, unpack_counters
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from bep_ref.networks.rules import sign
from tests.hw.drive import STEADY, layouts, pause, random_counters, simulate, simulated
from tests.link.streams import send


class Engine:
    """The engine on a real hidden plane, with the sample memory, the walk and the visible plane played by Python."""

    def __init__(self, layout, random, stall):
        """``stall``: whether orders and slices with hits come with pauses between them."""
        self.layout, self.random, self.stall = layout, random, stall
        self.unit = UpdateEngine(layout)
        self.counters = [np.zeros(shape, dtype=int) for shape in layout.network.shapes]
        chunk, slots = layout.machine.update_lanes, layout.machine.slots
        self.samples = random.integers(0, 2, (slots, layout.slot_chunks, chunk))
        self.visible, self.writes = {}, 0
        self.signs, self.expected = {}, []  # the visible plane behind the last commit, and behind those to come
        self.plans = []  # synapses (layer, row, column) that the walks to come hit
        self.sent = self.committed = self.walks = self.taken = 0
        self.reads, self.cycle = [], 0  # cycles in which a group, or a slice, was read
        self.done = False

    def module(self):
        m = Module()
        m.submodules.update = unit = self.unit
        m.submodules.hidden = hidden = HiddenPlane(self.layout)
        wiring.connect(m, unit.read, hidden.read)
        wiring.connect(m, unit.write, hidden.write)
        return m

    async def memories(self, ctx):
        unit = self.unit
        words = self.samples.reshape(-1, self.samples.shape[2]) @ (1 << np.arange(self.samples.shape[2]))
        ports = (unit.inputs.address, unit.group_read, unit.hits.start, unit.commit.done)
        visible = (unit.visible.valid, unit.visible.address, unit.visible.block, unit.visible.data)
        while not self.done:
            _, _, address, group_read, walk, committed, *write = await ctx.tick().sample(*ports, *visible)
            ctx.set(unit.inputs.data, int(words[address]))
            self.cycle += 1
            self.reads += [self.cycle] * group_read
            self.walks += walk
            if write[0]:
                self.visible[write[1], write[2]] = write[3]
                self.writes += 1
            if committed:
                self.committed += 1
                assert self.visible == self.expected.pop(0), "as soon as it is committed"

    def slices(self, synapses):
        """Slices with hits, (address, mask) each, in the order of the sweep."""
        layout, masks = self.layout, {}
        for layer, row, column in synapses:
            chunk, lane = divmod(column, layout.machine.update_lanes)
            address, bank = divmod(int(layout.group_address(layer, chunk, row)), layout.banks)
            masks[address] = masks.get(address, 0) | 1 << bank * layout.machine.update_lanes + lane
        return sorted(masks.items())

    async def walker(self, ctx):
        """Offers slices from the walk's beginning on, long before they may be swept; at first it knows one lane."""
        unit = self.unit
        while not self.done:
            _, _, walk = await ctx.tick().sample(unit.hits.start)
            if not walk:
                continue
            ctx.set(unit.hits.walking, 1)
            for address, mask in self.slices(self.plans.pop(0)):
                await self._pause(ctx)
                ctx.set(unit.hits.found, 1)
                ctx.set(unit.hits.slices.payload, {"address": address, "mask": mask & -mask})
                await self._pause(ctx)
                await send(ctx, unit.hits.slices, [{"address": address, "mask": mask}], STEADY)
                ctx.set(unit.hits.found, 0)
                self.taken += 1
            await self._pause(ctx)
            ctx.set(unit.hits.walking, 0)

    async def _pause(self, ctx):
        if self.stall:
            await pause(ctx, self.random, 0.6)

    def _pauses(self):
        return stalls.Random(int(self.random.integers(1 << 30))) if self.stall else STEADY

    def inputs(self, layer):
        """The bits (fan-in,) that ``layer`` reads of the sample whose orders are being sent."""
        place = self.layout.layers[layer]
        return self.samples[self.sent % len(self.samples), place.source_base :].ravel()[: place.fan_in]

    async def load(self, ctx, counters):
        self.counters = [q.copy() for q in counters]
        for address, group in pack_counters(self.layout, counters).items():
            ctx.set(self.unit.access.write, 1)
            ctx.set(self.unit.access.address, address)
            ctx.set(self.unit.access.data, group)
            await ctx.tick()
        ctx.set(self.unit.access.write, 0)
        await ctx.tick()

    async def read(self, ctx):
        image = {}
        for address in range(self.layout.hidden_depth):
            await self.idle(ctx)
            ctx.set(self.unit.access.read, 1)
            ctx.set(self.unit.access.address, address)
            await ctx.tick()
            ctx.set(self.unit.access.read, 0)
            (image[address],) = await ctx.tick().sample(self.unit.access.result).until(self.unit.access.done)
        return unpack_counters(self.layout, image)

    async def idle(self, ctx):
        await ctx.tick()
        while not ctx.get(self.unit.idle):
            await ctx.tick()

    async def order(self, ctx, **fields):
        await send(ctx, self.unit.orders, [fields], self._pauses())

    async def step(self, ctx, layer, row, target):
        q = self.counters[layer]
        q[row] = self.unit.model(Action.STEP, q[row], self.inputs(layer), target)
        await self.order(ctx, layer=layer, row=row, target=target)

    async def batch(self, ctx, samples, hits=()):
        """A mini-batch of samples (triggers, winners (layer, row, target)) and ``hits`` (layer, row, column)."""
        touched = any(triggers for triggers, _ in samples)
        if touched:
            self.plans.append(hits)
        for number, (triggers, winners) in enumerate(samples):
            for winner in winners:
                await self.step(ctx, *winner)
            last = number == len(samples) - 1
            if last:
                self.signs = self.signs_now() if touched else self.signs
                self.expected.append(self.signs)
                for layer, row, column in hits if touched else ():
                    q = self.counters[layer]
                    q[row] = self.unit.model(Action.REINFORCE, q[row], q[row], hit=[column])
            await self.order(ctx, end=1, last=int(last), target=int(triggers))
            self.sent += 1

    def signs_now(self):
        """The visible plane that a commit would leave now."""
        image = {}
        for layer, q in enumerate(self.counters):
            image |= pack_visible(self.layout, layer, sign(q))
        return image

    async def commit(self, ctx):
        """A commit that the host asks for."""
        self.expected.append(self.signs_now())
        await self.idle(ctx)
        ctx.set(self.unit.commit.start, 1)
        await ctx.tick()
        ctx.set(self.unit.commit.start, 0)
        while self.expected:
            await ctx.tick()

    def run(self, bench, cycles=60_000):
        async def finished(ctx):
            await bench(ctx)
            self.done = True

        simulate(self.module(), self.memories, finished, self.walker, cycles=cycles)


def equal(have, want):
    return all(np.array_equal(a, b) for a, b in zip(have, want, strict=True))


def synapses(layout, random, density):
    """Synapses (layer, row, column), each with chance ``density``."""
    return [
        (layer, row, column)
        for layer, shape in enumerate(layout.network.shapes)
        for row, column in np.argwhere(random.random(shape) < density).tolist()
    ]


def winners(layout, random, count):
    """Winners (layer, row, target)."""
    layers = random.integers(0, len(layout.trainable), count).tolist()
    return [(layer, int(random.integers(layout.layers[layer].rows)), int(random.integers(2))) for layer in layers]


@given(layouts(most_inputs=24, most_neurons=9), st.integers(0, 2**32 - 1), st.booleans())
@simulated(20)
def test_orders_commits_and_reinforcement_leave_the_models_counters_and_signs(layout, seed, stall):
    random = np.random.default_rng(seed)
    engine = Engine(layout, random, stall)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, random))
        for density in (0.02, 0, 0.4, 1):
            samples = [
                (triggers, winners(layout, random, int(random.integers(5))) if triggers else [])
                for triggers in (random.random(3) < 0.6).tolist()
            ]
            await engine.batch(ctx, samples, synapses(layout, random, density))
        await engine.idle(ctx)
        assert engine.committed == 4
        assert ctx.get(engine.unit.freed) == engine.sent % (2 * layout.machine.slots)
        assert not engine.plans, "every batch that triggers is walked"
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
            await engine.batch(ctx, [(True, [(0, row, 1)])])
            await engine.idle(ctx)
        assert engine.committed == 3

    engine.run(bench)


def test_reinforcement_pushes_away_from_zero_and_saturates():
    layout = Layout(Network(6, (4,), 2, counter_bits=3), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, [np.repeat([[0], [-1], [3], [-4]], 6, axis=1)])
        winner = (0, 0, int(engine.inputs(0)[0]))
        await engine.batch(ctx, [(True, [winner])], [(0, row, column) for column in (0, 3) for row in range(4)])
        got = await engine.read(ctx)
        assert got[0][1:, 0].tolist() == got[0][1:, 3].tolist() == [-2, 3, -4]
        assert got[0][0, 0] == 2, "the winner's step, and one more"
        assert got[0][1:, [1, 2, 4, 5]].tolist() == [[-1] * 4, [3] * 4, [-4] * 4]

    engine.run(bench)


# lanes of a row of one order; cycles from one order to the next
PACES = [
    (Machine(lanes=8, update_lanes=2), 2, 4),
    (Machine(lanes=8, update_lanes=2), 8, 4),
    (Machine(lanes=8, update_lanes=2), 14, 7),
    (Machine(lanes=8, update_lanes=2, register_plane=True), 2, 5),
    (Machine(lanes=8, update_lanes=2, register_plane=True), 14, 7),
    (Machine(lanes=8, update_lanes=2, spram=True), 3, 4),
    (Machine(lanes=8, update_lanes=2, spram=True), 8, 4),
    (Machine(lanes=8, update_lanes=2, spram=True), 16, 8),
    (Machine(lanes=8, update_lanes=2, spram=True), 14, 8),  # the next row begins in the bank that is written
]


@pytest.mark.parametrize(("machine", "inputs", "pace"), PACES)
def test_orders_follow_each_other_without_a_pause(machine, inputs, pace):
    layout = Layout(Network(inputs, (5,), 2), machine)
    engine = Engine(layout, np.random.default_rng(inputs), stall=False)

    async def bench(ctx):
        # the same row again and again: each time behind the write of the time before
        for row in (3, 3, 3, 0, 3, 4):
            await engine.step(ctx, 0, row, 1)
        await engine.idle(ctx)
        chunks = layout.layers[0].chunks
        assert np.diff(engine.reads[::chunks]).tolist() == [pace] * 5
        assert equal(await engine.read(ctx), engine.counters)

    engine.run(bench)


def test_a_trigger_without_winners_commits_and_reinforces_and_the_walk_begins_at_the_first():
    layout = Layout(Network(6, (4,), 2), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        engine.plans.append([(0, 1, 2)])
        for triggers, walks in ((0, 0), (1, 1), (0, 1), (1, 1)):
            await engine.order(ctx, end=1, target=triggers)
            await ctx.tick().repeat(20)
            assert engine.walks == walks
        assert not engine.taken
        engine.expected.append(engine.signs_now())
        await engine.order(ctx, end=1, last=1, target=0)
        await engine.idle(ctx)
        assert (engine.committed, engine.walks, engine.taken) == (1, 1, 1)
        assert engine.writes == len(engine.visible)

    engine.run(bench)


def test_a_batch_without_a_trigger_is_committed_without_a_write_or_a_walk():
    layout = Layout(Network(6, (4,), 2), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        await engine.batch(ctx, [(False, []), (False, [])])
        await ctx.tick().repeat(20)
        assert (engine.committed, engine.writes, engine.walks) == (1, 0, 0)
        # and a batch that triggered before it does not count
        await engine.batch(ctx, [(True, [])])
        await engine.batch(ctx, [(False, [])])
        await engine.idle(ctx)
        assert (engine.committed, engine.writes, engine.walks) == (3, len(engine.visible), 1)

    engine.run(bench)


@given(layouts(most_inputs=40, most_neurons=9), st.integers(0, 2**32 - 1))
@simulated(20)
def test_the_hosts_commit_writes_every_column_once_with_zeros_behind_the_last_input(layout, seed):
    random = np.random.default_rng(seed)
    engine = Engine(layout, random, stall=False)

    async def bench(ctx):
        # counters behind a row's last input are not the network's and may hold anything
        for address in range(layout.hidden_depth):
            ctx.set(engine.unit.access.write, 1)
            ctx.set(engine.unit.access.address, address)
            ctx.set(engine.unit.access.data, sum(int(bit) << i for i, bit in enumerate(random.integers(0, 2, 128))))
            await ctx.tick()
        ctx.set(engine.unit.access.write, 0)
        engine.counters = await engine.read(ctx)
        for commits in (1, 2):
            await engine.commit(ctx)
            assert engine.writes == len(engine.visible) * commits
        assert engine.walks == 0

    engine.run(bench)


def test_a_commit_of_the_hosts_in_mid_batch_leaves_the_hits_to_the_batch():
    layout = Layout(Network(6, (4,), 2), Machine(lanes=4, update_lanes=2))
    engine = Engine(layout, np.random.default_rng(0), stall=False)
    q = np.arange(24).reshape(4, 6)

    async def bench(ctx):
        await engine.load(ctx, [q])
        for batch in range(2):
            engine.plans.append([(0, 1, 2), (0, 3, 5)])
            await engine.order(ctx, end=1, target=1)
            await engine.commit(ctx)
            assert equal(await engine.read(ctx), [q])
            assert engine.taken == 2 * batch
            engine.expected.append(engine.signs_now())
            await engine.order(ctx, end=1, last=1)
            await engine.idle(ctx)
            q[[1, 3], [2, 5]] += 1
            assert equal(await engine.read(ctx), [q])

    engine.run(bench)


def test_the_sweep_goes_on_to_the_hit_that_is_found_and_past_it_when_it_is_complete():
    layout = Layout(Network(8, (6,), 2), Machine(lanes=8, update_lanes=4))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def walker(ctx):
        unit = engine.unit
        await ctx.tick().until(unit.hits.start)
        ctx.set(unit.hits.walking, 1)
        await ctx.tick().repeat(20)
        assert len(engine.reads) == 0, "the first hit may be anywhere"
        ctx.set(unit.hits.found, 1)
        ctx.set(unit.hits.slices.payload, {"address": 5, "mask": 0b0010})
        await ctx.tick().repeat(20)
        assert len(engine.reads) == 5
        await send(ctx, unit.hits.slices, [{"address": 5, "mask": 0b1010}], STEADY)
        ctx.set(unit.hits.found, 0)
        await ctx.tick().repeat(20)
        assert len(engine.reads) == 6
        ctx.set(unit.hits.walking, 0)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        hits = [(0, 2, 5), (0, 2, 7)]
        assert engine.slices(hits) == [(5, 0b1010)]
        await engine.batch(ctx, [(True, [])], hits)
        while not engine.committed:
            await ctx.tick()
        assert len(engine.reads) == layout.bank_depth
        assert equal(await engine.read(ctx), engine.counters)

    engine.walker = walker
    engine.run(bench)


MACHINES = [
    Machine(lanes=48, update_lanes=16),
    Machine(lanes=16, update_lanes=4),
    Machine(lanes=32, update_lanes=8, spram=True),
    Machine(lanes=32, update_lanes=4, spram=True),
]


@pytest.mark.parametrize("inputs", [20, 40, 70])
@pytest.mark.parametrize("machine", MACHINES)
def test_a_commit_reads_a_slice_a_cycle_and_writes_every_column_once(machine, inputs):
    layout = Layout(Network(inputs, (5, 18, 4), 2, counter_bits=4), machine)
    engine = Engine(layout, np.random.default_rng(inputs), stall=False)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        await engine.commit(ctx)
        assert engine.writes == sum(place.rows * place.columns for place in layout.trainable)
        first = engine.reads[0]
        assert engine.reads == list(range(first, first + sum(map(layout.slices, layout.trainable))))

    engine.run(bench)


# lanes hit of a row of two slices; further reads and cycles that this costs
COSTS = [
    (False, [0, 1, 2, 3, 4, 5, 6, 7], 0, 0),
    (True, [1], 0, 1),
    (True, [0, 1], 0, 1),
    (True, [0, 1, 2], 1, 3),
]


@pytest.mark.parametrize(("spram", "lanes", "reads", "cycles"), COSTS)
def test_hits_cost_a_cycle_for_every_bank_written_and_one_to_read_the_second(spram, lanes, reads, cycles):
    layout = Layout(Network(8, (12,), 2), Machine(lanes=8, update_lanes=2, spram=spram))
    engine = Engine(layout, np.random.default_rng(0), stall=False)

    async def bench(ctx):
        await engine.load(ctx, random_counters(layout.network, engine.random))
        await engine.batch(ctx, [(True, [])], [(0, row, lane) for row in (2, 7) for lane in lanes])
        await engine.idle(ctx)
        assert len(engine.reads) == layout.bank_depth + 2 * reads
        assert engine.reads[-1] - engine.reads[0] == layout.bank_depth - 1 + 2 * cycles
        assert equal(await engine.read(ctx), engine.counters)

    engine.run(bench)
