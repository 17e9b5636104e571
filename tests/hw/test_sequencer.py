import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.layout import Layout
from bep_hw.program import Kind, compile_program
from bep_hw.sequencer import Sequencer
from bep_ref import Machine, Network
from tests.hw.drive import layouts, simulate, simulated

SAMPLES = 6


class Engine:
    """The propagate engine around the sequencer: answers what is issued, late, and watches what it was promised."""

    def __init__(self, unit, samples, random, chance):
        """``samples``: (train, triggers, length of the gated list of each layer); ``chance`` of waiting a cycle."""
        self.unit, self.samples, self.random, self.chance = unit, samples, random, chance
        self.rows = [[] for _ in samples]
        self.sample = 0  # being propagated
        self.agenda = []  # (what, earliest cycle) to come
        self.full, self.scan_busy, self.known, self.columns_busy = 0, 0, 0, 0
        self.classified, self.ended = -1, 0

    def _later(self, what, *values):
        self.agenda.append((what, *values))

    def _due(self):
        """The things that happen now: of each sort the first, by chance."""
        now, seen = [], set()
        for entry in list(self.agenda):
            if entry[0] not in seen and self.random.random() >= self.chance:
                self.agenda.remove(entry)
                now.append(entry)
            seen.add(entry[0])
        return now

    def _happens(self, ctx, what, *values):
        unit = self.unit
        _, triggers, gated = self.samples[self.classified]
        if what == "full":
            self.full = 1
        elif what == "decided":
            self.known = 1
            ctx.set(unit.triggered, triggers)
            if not triggers:
                self._later("ended")
        elif what == "summed" and not self.known:
            self._later("summed", *values)
        elif what == "summed":
            item = unit.program[values[0]]
            ctx.set(unit.columns_clear, 1)
            self.columns_busy = 0
            if item.last:
                ctx.set(unit.gated, gated[item.layer - 1])
                if item.layer == 1 and triggers:
                    self._later("ended")
        elif what == "ended":
            self.scan_busy = 0
            self.ended += 1

    async def run(self, ctx):
        unit, count = self.unit, len(self.samples)
        ports = (unit.valid, unit.index, unit.number, unit.first, unit.last, unit.take, unit.classify)
        self._later("full")
        while self.ended < count:
            slot = ctx.get(unit.slot)
            self.sample += slot != self.sample % (2 * unit.layout.machine.slots)
            assert slot == self.sample % (2 * unit.layout.machine.slots)
            ctx.set(unit.open, self.sample < count)
            ctx.set(unit.train, self.samples[min(self.sample, count - 1)][0])
            ctx.set(unit.columns_clear, 0)
            for event in self._due():
                self._happens(ctx, *event)
            ctx.set(unit.full, self.full)
            ctx.set(unit.scan_busy, self.scan_busy)
            ctx.set(unit.known, self.known)
            ctx.set(unit.result_free, int(self.random.random() >= self.chance))
            if ctx.get(unit.take):
                assert self.full, "a pass without its input word"
            if ctx.get(unit.started):
                assert self.sample < count, "a sample of the next mini-batch"
            if ctx.get(unit.classify):
                assert not self.scan_busy
                assert not self.columns_busy
                assert ctx.get(unit.result_free)
            _, _, valid, index, number, first, last, take, classify = await ctx.tick().sample(*ports)
            if valid:
                self._row(index, number, first, last)
            if take:
                self.full = 0
                self._later("full")
            if classify:
                self.known, self.scan_busy, self.classified = 0, 1, self.sample

    def _row(self, index, number, first, last):
        item = self.unit.program[index]
        classifier = len(self.unit.layout.layers) - 1
        # the slot moves on with a sample's last pass, whose rows are still to come
        owner = self.classified if item.kind is not Kind.FORWARD or item.layer == classifier else self.classified + 1
        self.rows[owner].append((index, number))
        assert first == (number == 0)
        if item.kind is Kind.FORWARD:
            assert last == (number == item.rows - 1)
            if item.last and item.layer != classifier:
                assert not self.scan_busy or number, "the scan still reads z"
            if last and item.last and item.layer == classifier:
                self._later("decided")
        else:
            assert not (first and self.columns_busy), "the column accumulators hold another segment"
            self.columns_busy = 1
            if last:
                self._later("summed", index)


@given(layouts(most_inputs=30, most_neurons=10), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5, 0.9]))
@simulated(15)
def test_every_sample_gets_its_rows_and_every_pass_waits_for_what_it_needs(layout, seed, chance):
    unit = Sequencer(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    samples = []
    for _ in range(SAMPLES):
        train = random.random() < 0.8
        triggers = bool(train and random.random() < 0.7)
        samples.append((int(train), triggers, [int(random.integers(0, n + 1)) for n in layout.network.hidden]))
    engine = Engine(unit, samples, random, chance)
    simulate(unit, engine.run, cycles=50_000)
    for (train, triggers, gated), rows in zip(samples, engine.rows, strict=True):
        wanted = [tuple(row) for row in unit.model(gated).tolist()]
        kinds = [unit.program[index].kind for index, _ in wanted]
        if triggers:
            assert rows == wanted
        else:
            # segments of the target may be issued before it is known that the sample does not trigger
            assert rows == wanted[: len(rows)]
            forward = kinds.count(Kind.FORWARD)
            assert forward <= len(rows) <= forward + train * kinds.count(Kind.TARGET)


def test_forward_passes_follow_each_other_without_a_pause():
    layout = Layout(Network(20, (6, 3), 2), Machine(lanes=8, update_lanes=4))
    unit = Sequencer(layout, compile_program(layout))
    wanted = []
    for index, item in enumerate(unit.program):
        if item.kind is Kind.FORWARD:
            # a pass shorter than the pipeline is filled up
            wanted += [(index, row) if row < item.rows else None for row in range(max(item.rows, 4))]

    async def bench(ctx):
        for port in (unit.open, unit.full, unit.result_free):
            ctx.set(port, 1)
        issued = []
        for _ in range(len(wanted) + 1):
            await ctx.tick()
            issued.append((ctx.get(unit.index), ctx.get(unit.number)) if ctx.get(unit.valid) else None)
        assert wanted in (issued[:-1], issued[1:])

    simulate(unit, bench, cycles=200)
