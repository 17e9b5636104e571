import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.array.interleave import compile_program
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_hw.winners.scan import WinnerScan
from bep_ref import Machine, Network
from bep_ref.config import divisors
from tests.hw.drive import layouts, pause, random_mlp, simulate, simulated

SAMPLES = 6
FIFO = 8
"""Orders that wait, and those for which there must be room."""
MARGIN = 4


class Sample:
    """z and target bits (one array a layer), registers, and what the scan must make of them."""

    def __init__(self, unit, z, targets, group_size, gate, triggered=True, last=False):
        self.z, self.targets, self.group_size, self.gate = z, targets, group_size, gate
        self.triggered, self.last = triggered, last
        self.orders, self.lists = [], {}
        for layer in reversed(range(len(z) if triggered else 0)):
            winners, listed = unit.model(z[layer], targets[layer], group_size[layer], gate[layer])
            self.orders += [(0, layer, int(row), int(targets[layer][row])) for row in winners]
            self.lists[layer] = [(int(row), int(targets[layer][row])) for row in listed]
        self.orders.append((1, int(last), int(triggered)))


def random_sample(unit, random):
    """Small z, so that many are equal; from no wrong row to nearly all of them."""
    network = unit.layout.network
    most, wrong = min(4, max(network.fan_in)), random.random()
    z = [random.integers(-most, most + 1, rows) for rows in network.hidden]
    return Sample(
        unit,
        z,
        [((values >= 0) != (random.random(len(values)) < wrong)).astype(int) for values in z],
        [int(random.choice(divisors(rows))) for rows in network.hidden],
        [int(random.integers(0, most + 1)) for _ in network.hidden],
        triggered=bool(random.random() < 0.7),
        last=bool(random.random() < 0.3),
    )


class Surroundings:
    """The memory of pre-activations, the list, the queue of orders: everything the scan talks to by itself."""

    def __init__(self, unit, random, stall):
        self.unit, self.random, self.stall = unit, random, stall
        self.z = random.integers(-1, 2, unit.layout.z_depth)
        self.free = []  # rows of the first layer, in the order in which they may be overwritten
        self.queue, self.orders, self.list = [], [], {}
        self.clears = self.ends = 0
        self.done = False

    def fill(self, z, number):
        """The pre-activations of a sample: those of the first layer lie in its buffer."""
        layout = self.unit.layout
        self.z[: sum(layout.network.hidden)] = np.concatenate(z)
        self.free = np.arange(len(z[0]))
        if layout.machine.z_buffers == 2 and number % 2:
            self.free += sum(layout.network.hidden)
            self.z[: len(z[0])] = self.random.integers(-1, 2, len(z[0]))
            self.z[self.free] = z[0]
        self.free = self.free.tolist()

    async def run(self, ctx):
        unit = self.unit
        orders, progress = unit.orders, unit.progress
        ports = (unit.z_address, progress.releases, orders.valid, orders.payload, progress.clear, progress.ended)
        listing = (unit.gated.valid, unit.gated.address, unit.gated.row, unit.gated.target)
        while not self.done:
            ctx.set(unit.orders.room, len(self.queue) <= FIFO - MARGIN)
            _, _, address, releases, push, order, clear, ended, *entry = await ctx.tick().sample(*ports, *listing)
            if address < len(self.z):
                ctx.set(unit.magnitude, int(abs(self.z[address])))
                ctx.set(unit.negative, int(self.z[address] < 0))
            if releases:
                # the next sample's first layer, as close behind as it may
                self.z[self.free.pop(0)] = self.random.integers(-1, 2)
            if self.queue and self.random.random() >= self.stall:
                self.orders.append(self.queue.pop(0))
            if push:
                fields = (order.last,) if order.end else (order.layer, order.row)
                self.queue.append((order.end, *fields, order.target))
                assert len(self.queue) <= FIFO, "an order is pushed without room"
            if entry[0]:
                self.list[entry[1]] = (entry[2], entry[3])
            self.clears += clear
            self.ends += ended


def scan(unit, samples, random, stall):
    """Play ``samples``; lists are compared when they are complete, orders returned one list a sample."""
    layout = unit.layout
    around = Surroundings(unit, random, stall)
    segments = [(index, item) for index, item in enumerate(unit.program) if item.kind is not Kind.FORWARD]
    orders = []

    async def summed(ctx, sample, index, item):
        """The column accumulators finish a segment; lanes behind it hold anything."""
        bits = random.integers(0, 2, layout.backward_lanes)
        bits[: item.count] = sample.targets[item.layer - 1][item.start : item.start + item.count]
        ctx.set(unit.targets, sum(int(bit) << lane for lane, bit in enumerate(bits)))
        ctx.set(unit.index, index)
        ctx.set(unit.sums_done, 1)
        await ctx.tick()
        ctx.set(unit.sums_done, 0)
        ctx.set(unit.index, int(random.integers(len(unit.program))))

    async def cleared(ctx, count):
        while around.clears < count:
            await ctx.tick()
        assert around.clears == count

    async def bench(ctx):
        await cleared(ctx, 1)  # behind a reset
        for number, sample in enumerate(samples):
            ctx.set(unit.decisions.known, 0)
            around.fill(sample.z, number)
            for layer, (size, gate) in enumerate(zip(sample.group_size, sample.gate, strict=True)):
                ctx.set(unit.settings.group_size[layer], size)
                ctx.set(unit.settings.gate[layer], gate)
            await pause(ctx, random)
            clears, left = around.clears, list(segments)
            early = random.random() < 0.5
            if early:
                await summed(ctx, sample, *left.pop(0))
                await pause(ctx, random)
                assert around.clears == clears, "targets wait for the decision"
            ctx.set(unit.decisions.decided, 1)
            ctx.set(unit.decisions.triggered, sample.triggered)
            ctx.set(unit.decisions.last, sample.last)
            await ctx.tick()
            ctx.set(unit.decisions.decided, 0)
            ctx.set(unit.decisions.known, 1)
            late = not early and random.random() < 0.5
            if sample.triggered:
                for count, (index, item) in enumerate(segments):
                    if count or not early:
                        await pause(ctx, random)
                        await summed(ctx, sample, index, item)
                    await cleared(ctx, clears + count + 1)
                    if item.last and item.layer > 1:
                        want = sample.lists[item.layer - 1]
                        base = layout.completing(item.neuron_layer).list_base
                        assert ctx.get(unit.progress.gated) == len(want)
                        assert [around.list[base + entry] for entry in range(len(want))] == want
            elif late:
                # summed before the trigger was known, which came in between
                await summed(ctx, sample, *left.pop(0))
            while around.ends <= len(orders) or around.queue:
                await ctx.tick()
            if not sample.triggered:
                await cleared(ctx, clears + (early or late))
            assert around.ends == len(orders) + 1
            released = len(sample.z[0]) - len(around.free)
            assert released == (segments[-1][1].count if sample.triggered else 0)
            orders.append(around.orders)
            around.orders = []
        around.done = True

    simulate(unit, bench, around.run, cycles=20_000)
    return orders


@given(layouts(most_inputs=20, most_neurons=14), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5, 0.9]))
@simulated(30)
def test_orders_and_lists_are_the_models_and_winners_the_golden_models(layout, seed, stall):
    unit = WinnerScan(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    samples = [random_sample(unit, random) for _ in range(SAMPLES)]
    got = scan(unit, samples, random, stall)
    assert got == [sample.orders for sample in samples]
    net = random_mlp(layout.network, list(layout.network.hidden))
    for sample, orders in zip(samples, got, strict=True):
        for layer, rows in enumerate(layout.network.hidden):
            target = 2 * sample.targets[layer] - 1
            chosen = net.winners(sample.z[layer][None], target[None], sample.group_size[layer])[0] & sample.triggered
            winners = [order[2] for order in orders if order[:2] == (0, layer)]
            assert winners == np.flatnonzero(chosen).tolist()
            assert all(0 <= row < rows for row in winners)


# a group of four: z, target bits, and the winner's row (or none)
GROUPS = [
    ([3, -1, 1, 2], [0, 1, 0, 0], 1),  # equal |z|: the lowest index
    ([3, 1, -1, 2], [0, 0, 1, 0], 1),
    ([0, 0, 0, 0], [1, 0, 0, 1], 1),  # z = 0 is positive
    ([0, 2, -2, -1], [1, 1, 0, 0], None),  # no wrong row
    ([-3, 3, -3, 3], [0, 1, 0, 0], 3),  # the only wrong one is the last
    ([-1, 0, 0, 0], [1, 1, 1, 1], 0),  # the only wrong one is the first
]


@pytest.mark.parametrize(("z", "targets", "winner"), GROUPS)
def test_a_group_worked_out_by_hand(z, targets, winner):
    layout = Layout(Network(5, (4,), 2), Machine(lanes=4))
    unit = WinnerScan(layout, compile_program(layout))
    sample = Sample(unit, [np.array(z)], [np.array(targets)], [4], [0])
    orders = [] if winner is None else [(0, 0, winner, targets[winner])]
    assert scan(unit, [sample], np.random.default_rng(0), 0.0) == [[*orders, (1, 0, 1)]]


def test_rows_with_z_at_most_the_gate_are_listed():
    layout = Layout(Network(6, (2, 6), 2), Machine(lanes=4))
    unit = WinnerScan(layout, compile_program(layout))
    z = [np.array([1, 1]), np.array([2, -2, 3, -3, 0, 1])]
    sample = Sample(unit, z, [np.ones(2, dtype=int), np.array([1, 0, 1, 0, 0, 1])], [2, 3], [0, 2])
    assert sample.lists[1] == [(0, 1), (1, 0), (4, 0), (5, 1)]
    scan(unit, [sample], np.random.default_rng(0), 0.0)  # compares the list
