from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.array.interleave import compile_program
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.sequencer import Sequencer
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_ref import Machine, Network
from tests.hw.drive import layouts, simulate, simulated

SAMPLES = 8


@dataclass
class Sample:
    """``gated``: the length of each layer's list; behind a ``last`` sample no other starts until it has ended."""

    train: bool
    triggers: bool
    last: bool
    gated: list[int]


def random_sample(layout, random):
    train = bool(random.random() < 0.8)
    gated = [int(random.integers(0, rows + 1)) for rows in layout.network.hidden]
    return Sample(train, bool(train and random.random() < 0.7), bool(random.random() < 0.3), gated)


class Engine:
    """The propagate engine around the sequencer: answers what is issued, late, and watches what it was promised."""

    def __init__(self, unit, samples, random):
        self.unit, self.samples, self.random = unit, samples, random
        # of waiting a cycle, for each sort of thing that happens
        self.waiting = defaultdict(lambda: random.choice([0.0, 0.5, 0.98]))
        self.classifier = len(unit.layout.layers) - 1
        self.rows = [[] for _ in samples]
        self.agenda = []  # (what, values) to come
        self.full = self.taken = self.scan_busy = self.known = self.columns_busy = 0
        self.z_free = 1
        self.filled = self.filled_before = None  # (sample, layer) whose activations are there; a cycle ago
        self.begun = 0
        self.new, self.old = 0, -1  # the samples whose rows are issued
        self.classified, self.ended = -1, 0

    def _now(self, what):
        return int(self.random.random() >= self.waiting[what])

    def _later(self, what, *values):
        self.agenda.append((what, *values))

    def _due(self):
        """The things that happen now: of each sort the first, by chance."""
        now, seen = [], set()
        for entry in list(self.agenda):
            if entry[0] not in seen and self._now(entry[0]):
                self.agenda.remove(entry)
                now.append(entry)
            seen.add(entry[0])
        return now

    def _happens(self, ctx, what, *values):
        unit, sample = self.unit, self.samples[self.classified]
        if what == "full":
            self.full = 1
        elif what == "filled":
            self.filled = values
        elif what == "decided":
            self.known = 1
            ctx.set(unit.triggered, sample.triggers)
            if not sample.triggers:
                self._later("ended")
        elif what == "summed" and not self.known:
            self._later("summed", *values)
        elif what == "summed":
            item = unit.program[values[0]]
            ctx.set(unit.columns_clear, 1)
            self.columns_busy = 0
            if item.last:
                ctx.set(unit.gated, sample.gated[item.layer - 1])
                if item.layer == 1 and sample.triggers:
                    self._later("ended")
        elif what == "ended":
            self.scan_busy = 0
            self.ended += 1

    def _available(self):
        """Whether another sample may start: of the same mini-batch, or of the next one behind a commit."""
        closed = self.begun and self.samples[self.begun - 1].last and self.ended < self.begun
        return int(self.begun < len(self.samples) and not closed and self._now("available"))

    async def run(self, ctx):
        unit, resting = self.unit, 0
        ports = (unit.valid, unit.index, unit.number, unit.first, unit.last)
        pulses = (unit.started, unit.take, unit.completes, unit.classify)
        self._later("full")
        while resting < 20:
            resting += self.ended == len(self.samples)
            ctx.set(unit.columns_clear, 0)
            for event in self._due():
                self._happens(ctx, *event)
            available, result_free = self._available(), self._now("result_free")
            self.z_free = int(not self.scan_busy or self._now("z_free"))
            ctx.set(unit.available, available)
            ctx.set(unit.full, self.full)
            ctx.set(unit.filled, self.filled is not None)
            ctx.set(unit.z_free, self.z_free)
            ctx.set(unit.scan_busy, self.scan_busy)
            ctx.set(unit.known, self.known)
            ctx.set(unit.result_free, result_free)
            _, _, started, take, completes, classify, valid, *row = await ctx.tick().sample(*pulses, *ports)
            if valid:
                assert not resting, "a row too many"
                self._row(*row)
            self.filled_before = self.filled
            if started:
                assert available
                self.begun += 1
            if take:
                assert self.full, "a pass without its input word"
                self.full, self.taken = 0, 1
                self._later("full")
            if completes:
                self.filled = None
            if classify:
                assert result_free
                assert not self.scan_busy
                assert not self.columns_busy
                self.known, self.scan_busy, self.classified = 0, 1, self.classified + 1
                ctx.set(unit.train, self.samples[self.classified].train)
                ctx.set(unit.triggered, int(self.random.integers(2)))  # of no meaning until it is known

    def _row(self, index, number, first, last):
        item = self.unit.program[index]
        assert first == (number == 0)
        if item.age == 0:
            owner = self.new
            assert owner < self.begun, "a row of a sample that has not started"
        else:
            self.old += item.kind is Kind.FORWARD and item.layer == 1 and item.first and first
            owner = self.old
            assert owner < self.new, "a row of a sample whose first layer is not complete"
        self.rows[owner].append((index, number))
        if item.kind is Kind.FORWARD:
            self._forward(item, owner, first, last)
            assert last == (number == item.rows - 1)
        else:
            self._columns(index, item, owner, first, last)

    def _forward(self, item, owner, first, last):
        if first and item.layer == 0:
            assert self.taken, "a word that is not taken"
            self.taken = 0
        elif first:
            assert self.filled_before == (owner, item.layer - 1), "other activations"
        if item.layer == self.classifier:
            assert owner == self.classified
            if last and item.last:
                self._later("decided")
        elif item.last:
            if item.age == 0 and self.unit.layout.machine.z_buffers == 1:
                assert self.z_free, "the scan still reads z"
            if last:
                self._later("filled", owner, item.layer)
                self.new += item.age == 0

    def _columns(self, index, item, owner, first, last):
        assert owner == self.classified
        assert self.samples[owner].train
        if first:
            assert not self.columns_busy, "the column accumulators hold another segment"
            assert item.kind is Kind.TARGET or (self.known and self.samples[owner].triggers)
        self.columns_busy = 1
        if last:
            self._later("summed", index)


@given(layouts(most_inputs=30, most_neurons=10), st.integers(0, 2**32 - 1))
@simulated(30)
def test_every_sample_gets_its_rows_and_every_pass_waits_for_what_it_needs(layout, seed):
    unit = Sequencer(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    samples = [random_sample(layout, random) for _ in range(SAMPLES)]
    engine = Engine(unit, samples, random)
    simulate(unit, engine.run, cycles=100_000)
    for sample, rows in zip(samples, engine.rows, strict=True):
        wanted = [tuple(row) for age in (0, 1) for row in unit.model(sample.gated, age).tolist()]
        kinds = [unit.program[index].kind for index, _ in wanted]
        if sample.triggers:
            assert rows == wanted
        else:
            # segments of the target may be issued before it is known that the sample does not trigger
            assert rows == wanted[: len(rows)]
            forward = kinds.count(Kind.FORWARD)
            assert forward <= len(rows) <= forward + sample.train * kinds.count(Kind.TARGET)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("z_buffers", [1, 2])
def test_passes_follow_each_other_without_a_pause_through_all_rounds(z_buffers, train):
    layout = Layout(Network(784, (96, 96), 10), Machine(lanes=200, z_buffers=z_buffers))
    unit = Sequencer(layout, compile_program(layout))
    wanted = []
    for number in range(3):
        # in the first round there is no old sample
        runs = [item.age <= number and (train or item.kind is Kind.FORWARD) for item in unit.program]
        rows = np.concatenate([unit.model([70, 70], age) for age in (0, 1)]).tolist()
        wanted += [(index, row) for index, row in sorted(rows) if runs[index]]

    async def bench(ctx):
        for port in (unit.full, unit.filled, unit.known, unit.triggered, unit.result_free, unit.columns_clear):
            ctx.set(port, 1)
        ctx.set(unit.train, train)
        ctx.set(unit.gated, 70)
        await ctx.tick().repeat(5)
        ctx.set(unit.available, 1)
        assert ctx.get(unit.started), "an idle array starts at once"
        while not ctx.get(unit.valid):  # the old sample's passes are skipped
            await ctx.tick()
        for index, number in wanted:
            # nothing but the last word of inputs ever waits for the scan, and only where there is one buffer
            item = unit.program[index]
            ctx.set(unit.z_free, z_buffers == 1 and item.age == 0 and item.last)
            assert ctx.get(unit.valid)
            assert (ctx.get(unit.index), ctx.get(unit.number)) == (index, number)
            await ctx.tick()

    simulate(unit, bench, cycles=2000)


def test_a_pass_shorter_than_the_pipeline_is_filled_up():
    layout = Layout(Network(20, (3, 2), 2), Machine(lanes=8, update_lanes=4))
    unit = Sequencer(layout, compile_program(layout))
    starts = []

    async def bench(ctx):
        for port in (unit.available, unit.full, unit.filled, unit.z_free, unit.result_free):
            ctx.set(port, 1)
        for cycle in range(100):
            await ctx.tick()
            if ctx.get(unit.valid) and ctx.get(unit.first):
                starts.append(cycle)

    simulate(unit, bench, cycles=200)
    assert np.diff(starts).min() >= PreActivation.MINIMUM_ROWS
