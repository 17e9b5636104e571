"""Cycles a sample: the passes of the program and the orders of the update engine, each as long as it takes.

A simulation of events, not of cycles: a pass is one event, so is an order, so is a hit of reinforcement. It knows what
waits for what (`bep_hw.array.sequencer`, `bep_hw.winners.scan`, `bep_hw.learning.update`), not the bits: the share of
samples that trigger and of rows that pass the gate are given, and every group has a winner.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bep_hw.array.fetch import InputFetch
from bep_hw.array.interleave import compile_program
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader
from bep_hw.array.sequencer import Sequencer
from bep_hw.learning.gaps import GapWalker
from bep_hw.learning.order_queue import OrderQueue
from bep_hw.learning.reinforcement import Reinforcement
from bep_hw.learning.update import UpdateEngine
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass, first_layer_last, passes_of
from bep_hw.winners.backward import Backward
from bep_hw.winners.scan import WinnerScan
from bep_ref.config import Workload
from bep_ref.networks.reinforce import DIGITS, probability

BATCHES = 4
"""Simulated; the first one fills the pipeline and does not count."""
SAMPLES = 400
"""About so many samples are simulated, but whole batches."""
STEPS = 32
"""Of longer sequences every further step takes as long as the one before."""


def cycles_per_sample(layout: Layout, workload: Workload) -> float:
    """Mean cycles of a sample while samples never run out; sequences have as many steps as they may have."""
    network = layout.network
    if network.steps > STEPS:
        short, long = (
            cycles_per_sample(Layout(network.of_steps(steps), layout.machine), workload)
            for steps in (STEPS // 2, STEPS)
        )
        return long + (network.steps - STEPS) * (long - short) / (STEPS - STEPS // 2)
    batches = max(2, min(BATCHES, SAMPLES // workload.batch_size + 1))
    run = _Run(layout, workload)
    starts = [0.0]
    for sample in range(batches * workload.batch_size):
        run.round(sample)
        if (sample + 1) % workload.batch_size == 0:
            run.finish_batch(sample)
            starts.append(run.time)
    return (starts[-1] - starts[1]) / ((batches - 1) * workload.batch_size)


@dataclass
class _Run:
    """Where the machine stands; times in cycles since the start."""

    layout: Layout
    workload: Workload
    time: float = 0  # the array is free
    orders: list[float] = field(default_factory=list)  # when each was begun by the update engine
    update_free: float = 0
    freed: list[float] = field(default_factory=list)  # slot of each sample
    complete: list[float] = field(default_factory=list)  # each sample loaded
    opened: float = 0  # the batch before is committed

    def __post_init__(self) -> None:
        layout, machine = self.layout, self.layout.machine
        program = compile_program(layout)
        self.program = carried_out(program, layout)
        columns = [number for number, item in enumerate(self.program) if item.kind is not Kind.FORWARD]
        self.final = columns[-1] if columns else None
        # a state's winners are found when its first step is scanned, the last time that passes decide layer 0
        first = [number for number in columns if self.program[number].neuron_layer == 0 and self.program[number].first]
        self.judging = first[-1] if layout.recurrent and first else 0
        self.holds = machine.z_buffers == 1 and first_layer_last(program)
        self.weights, self.fill, self.decide = (
            delay(layout) for delay in (Propagate.weights_delay, Propagate.fill_delay, Propagate.decide_delay)
        )
        self.order_cycles = UpdateEngine.order_cycles_of(layout)
        self.word = 0.0  # the next word of inputs may be fetched
        self.filled: dict[int, float] = {}
        self.scan_free = self.columns_free = self.decided = 0.0
        self.releasing = (0.0, 0)  # the last scan of the first layer: its begin and its rows
        self.previous: int | None = None
        self.rng = np.random.default_rng(1)

    def triggers(self, sample: int) -> bool:
        share = self.workload.triggered
        return math.floor((sample + 1) * share) > math.floor(sample * share)

    def round(self, sample: int | None) -> None:
        """The passes of ``sample``'s first layer and of all that is left of the one before."""
        if sample is not None:
            self._load(sample)
            available = max(self.complete[sample], self.opened) + Sequencer.START
            if available > self.time and self.previous is not None:
                self.round(None)  # the old sample goes on alone
            self.time = max(self.time, available)
        old, self.previous = self.previous, sample
        for number, item in enumerate(self.program):
            if (item.age == 0 and sample is not None) or (item.age == 1 and old is not None):
                self._issue(number, item, sample if item.age == 0 else old)

    def finish_batch(self, sample: int) -> None:
        """The rest of the batch's last ``sample``, and the commit behind it."""
        self.round(None)
        if not self.layout.machine.training:
            return
        began = max(self.update_free, self.freed[sample]) + self.order_cycles + UpdateEngine.BEGIN
        self.update_free = self.opened = began + (self._sweep() if self.workload.triggered else 0) + self.order_cycles
        self.time = self.opened

    def _load(self, sample: int) -> None:
        slots = self.layout.machine.slots
        begin = self.complete[-1] if self.complete else 0.0
        if sample >= slots:
            begin = max(begin, self.freed[sample - slots] + Loader.FREE)
        self.complete.append(begin + self.layout.sample_beats)

    def _issue(self, number: int, item: Pass, sample: int | None) -> None:
        assert sample is not None
        if item.kind is Kind.FORWARD:
            self._forward(item, sample)
        elif self.triggers(sample) or (item.kind is Kind.TARGET and self.decided > self.time):
            self._backward(number, item, sample)

    def _forward(self, item: Pass, sample: int) -> None:
        layout, place = self.layout, self.layout.layers[item.layer]
        classifies = item.neuron_layer == layout.logit_layer
        start = self.time
        if item.inputs:
            full = max(self.word, self.complete[sample] + 1) + item.chunks + InputFetch.DELAY
            start = max(start, full)
            self.word = start + self.weights
        else:
            start = max(start, self.filled.get(place.below, 0.0))  # before its first step a state is there
        if classifies and item.first:
            start = max(start, self.scan_free, self.columns_free)
        end = start + max(item.rows, PreActivation.MINIMUM_ROWS)
        if self.holds and item.last and item.neuron_layer == 0:
            begin, rows = self.releasing
            end = max(end, min(self.scan_free, begin) + item.rows, self.scan_free + max(0, item.rows - rows))
        self.time = end
        if item.last and not classifies:
            self.filled[item.neuron_layer] = end + self.fill
        if item.last and classifies:
            self.decided = end + self.decide
            self.scan_free = self.decided + WinnerScan.END + 1
            self.releasing = (self.decided, item.rows)
            if not layout.machine.training:
                self.freed.append(self.decided)
            elif not self.triggers(sample) and place.below == layout.logit_layer - 1:
                self._end(sample, self.decided + WinnerScan.END)

    def _backward(self, number: int, item: Pass, sample: int) -> None:
        """A segment is summed, then scanned for winners; the columns are free again behind the scan."""
        layout = self.layout
        start = max(self.time, self.columns_free)
        rows = 1
        if item.kind is Kind.BACKWARD:
            start = max(start, self.decided + 1)
            rows = max(1, round(self.workload.gated * layout.layers[item.layer].rows))
        self.time = start + rows
        scan = max(self.time - 1 + self.weights + Backward.SUM, self.decided) + WinnerScan.START
        if not self.triggers(sample):
            self.columns_free = scan
            return
        begin, end, size = scan, item.start + item.count, self._group(item.neuron_layer)
        row = item.start
        if item.neuron_layer > 0 or number >= self.judging:
            for ends in range(row - row % size + size, end + 1, size):
                scan, row = max(scan + ends - row, self._room()), ends
                self._order(scan + WinnerScan.ORDER, item.neuron_layer)
        scan += end - row
        self.columns_free = scan + WinnerScan.CLEAR
        if item.neuron_layer == 0:
            self.releasing = (begin, item.count)
        if number == self.final:
            # of a recurrent network the end follows so closely that the queue does not know of the last winner yet
            ordered = scan + WinnerScan.ORDER
            self.scan_free = (ordered if layout.recurrent else max(ordered, self._room())) + WinnerScan.END
            self._end(sample, self.scan_free)
        elif item.last and not layout.rule.goes_back:
            self.scan_free = scan + WinnerScan.CLEAR + 1
        else:
            self.scan_free = self.columns_free + 4 * item.count  # it goes on with the next segment

    def _group(self, layer: int) -> int:
        return min(self.workload.group_size, self.layout.network.widths[layer])

    def _room(self) -> float:
        return self.orders[-OrderQueue.WAITING] if len(self.orders) >= OrderQueue.WAITING else 0.0

    def _order(self, pushed: float, neuron_layer: int) -> None:
        """A winner: one row of counters, or of a recurrent state one of each matrix at every step."""
        layout = self.layout
        steps = [place.chunks for place in layout.trainable if place.neuron_layer == neuron_layer]
        steps *= layout.network.steps if neuron_layer in layout.network.unrolled else 1
        begun = max(pushed + OrderQueue.DELAY, self.update_free)
        *before, last = (max(chunks, self.order_cycles) for chunks in steps)
        self.orders.append(begun + sum(before))
        self.update_free = begun + sum(before) + last

    def _end(self, sample: int, pushed: float) -> None:
        begun = max(pushed + OrderQueue.DELAY, self.update_free)
        self.orders.append(begun)
        self.update_free = begun + 1
        self.freed.append(begun + 1)

    def _sweep(self) -> float:
        """Cycles of a commit: a slice a cycle, but a slice with a hit waits until the next hit is known."""
        layout, machine = self.layout, self.layout.machine
        places: list[int] = []
        chances: list[float] = []
        for place in layout.trainable:
            counters = layout.slices(place) * layout.slice_lanes
            chance = probability(self.workload.reinforcement, 1.0, place.total)
            hits = np.flatnonzero(self.rng.random(counters) < chance)
            places += (place.hidden_base + hits // layout.slice_lanes).tolist()
            chances += [chance] * len(hits)
        waits, time, drawn, previous = machine.hits_ahead + Reinforcement.AHEAD, 0.0, 0.0, 0
        passed: list[float] = []
        known = [0.0] * len(places)
        for index, chance in enumerate(chances):
            again = 1 / (1 - (1 - chance) ** (1 << DIGITS))  # a carry draws once more
            begin = passed[index - waits] if index >= waits else drawn
            drawn = max(drawn, begin) + (0 if index < waits else GapWalker.DRAW * again)
            known[index] = drawn
            if index:
                # the slice of the hit before, which waits for this one's place
                time = max(time + (places[index - 1] - previous), known[index]) + (layout.banks - 1)
                previous = places[index - 1]
                passed.append(time)
        return time + layout.bank_depth - previous


def carried_out(program: Sequence[Pass], layout: Layout) -> list[Pass]:
    """``program`` with every pass as often as it is carried out: backward once less, no state comes before step 0."""
    steps = layout.network.steps
    passes: list[Pass] = []
    for item in program:
        passes.append(item)
        if item.repeats:
            passes[-item.repeats :] *= steps if item.kind is Kind.FORWARD else steps - 1
    return passes


def gated_share(layout: Layout, words: float, samples: int, triggered: int) -> float | None:
    """Share of rows that passed errors on in a run that read so many ``words`` of the visible plane; None: none could.

    All ``samples`` went forward, those ``triggered`` backward.
    """
    passes = carried_out(passes_of(layout), layout)
    forward = sum(item.rows for item in passes if item.kind is Kind.FORWARD)
    targets = sum(item.kind is Kind.TARGET for item in passes)
    rows = sum(layout.layers[item.layer].rows for item in passes if item.kind is Kind.BACKWARD)
    if not (rows and triggered):
        return None
    return min(1.0, max(0.0, ((words - samples * forward) / triggered - targets) / rows))
