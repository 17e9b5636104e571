"""The propagate engine: one array, three kinds of passes (forward, target, backward), and the decision to update.

Two samples share it, see `bep_hw.array.interleave`. Rows read in TARGET and BACKWARD passes go on to
`bep_hw.winners.backward`.

A row issued by the sequencer passes these stages:

    issue ─► row number ─► plane address ─► weights ─┬─► popcount ─► pre-activation ─► activations, z, decision
                                                     └─► backward: column sums, targets, winners
"""

from typing import NamedTuple

from amaranth.hdl import Array, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.activations import Activations
from bep_hw.array.decision import Decision
from bep_hw.array.fetch import InputFetch
from bep_hw.array.in_flight import InFlight
from bep_hw.array.interleave import compile_program
from bep_hw.array.operand import Operand
from bep_hw.array.popcount import XnorPopcount
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.row_address import RowAddress
from bep_hw.array.sequencer import Sequencer
from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.interfaces.host import Settings
from bep_hw.interfaces.learning import BackwardHalf, ListRead
from bep_hw.interfaces.samples import Arrivals, ChunkRead, ChunkWrite
from bep_hw.interfaces.weights import WordRead
from bep_hw.parts.delayed import delayed
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import result_layout
from bep_hw.plan.program import Kind


class _Row(NamedTuple):
    """A row whose weights are there."""

    valid: Value
    index: Value  # of the pass
    first: Value
    last: Value
    error: Value
    forward: Value


class Propagate(wiring.Component):
    """Everything that reads visible weights."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.program = program = compile_program(layout)
        self.sequencer, self.samples = Sequencer(layout, program), InFlight(layout)
        self.rows, self.operand = RowAddress(layout, program), Operand(layout, program)
        self.fetch = InputFetch(layout, program)
        self.popcount, self.preactivation = XnorPopcount(layout.machine.lanes), PreActivation(layout, program)
        self.activations, self.decision = Activations(layout), Decision(layout)
        super().__init__(
            {
                "settings": In(Settings(layout)),
                "arrivals": In(Arrivals(layout)),
                "inputs": Out(ChunkRead(layout, layout.input_chunks)),
                "stored": Out(ChunkWrite(layout)),  # activations that the update engine will need
                "visible": Out(WordRead(layout)),
                "gated": Out(ListRead(layout)),
                "backward": Out(BackwardHalf(layout, program)),  # rows read backward, pre-activations, decisions
                "committed": In(1),  # a mini-batch is, for one cycle
                "word_read": Out(1),  # event to count: a word of the visible plane is read
                "results": Out(stream.Signature(result_layout(layout.network))),  # one per sample, in order
            }
        )

    @staticmethod
    def early(layout: Layout) -> int:
        """Cycles from a row's weights to its announcement to the pre-activations, `PreActivation.AHEAD` of its count.

        The count of very few lanes is kept until then.
        """
        return max(0, XnorPopcount.delay_of(layout.machine.lanes) - PreActivation.AHEAD)

    @classmethod
    def weights_delay(cls, layout: Layout) -> int:
        """Cycles from a row's issue to its weights."""
        return RowAddress.DELAY + VisiblePlane.delay_of(layout)

    @classmethod
    def fill_delay(cls, layout: Layout) -> int:
        """Cycles from the end of a layer's last pass, when another may begin, to the next layer's first row."""
        return cls.weights_delay(layout) + cls.early(layout) + 1

    @classmethod
    def decide_delay(cls, layout: Layout) -> int:
        """Cycles from the end of the classifier's last pass to the decision."""
        return cls.weights_delay(layout) + cls.early(layout) + PreActivation.DELAY + Decision.DELAY - 1

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.sequencer = self.sequencer
        m.submodules.samples = self.samples
        m.submodules.rows = self.rows
        m.submodules.fetch = self.fetch
        m.submodules.operand = self.operand
        m.submodules.popcount = self.popcount
        m.submodules.preactivation = self.preactivation
        m.submodules.activations = self.activations
        m.submodules.decision = self.decision
        self._sequence(m)
        row = self._read(m)
        self._add_up(m, row)
        self._store(m)
        self._decide(m)
        self._go_backward(m, row)
        return m

    def _sequence(self, m: Module) -> None:
        """What the sequencer waits for, but for the activations that are filled."""
        sequencer, samples, progress = self.sequencer, self.samples, self.backward.progress
        wiring.connect(m, wiring.flipped(self.arrivals), samples.arrivals)
        m.d.comb += [
            samples.committed.eq(self.committed),
            samples.started.eq(sequencer.started),
            samples.classify.eq(sequencer.classify),
            samples.decided.eq(self.decision.decided),
            samples.triggered.eq(self.decision.triggered),
            samples.ended.eq(progress.ended),
            samples.releases.eq(progress.releases),
            sequencer.available.eq(samples.available),
            sequencer.full.eq(self.fetch.full),
            sequencer.z_free.eq(samples.z_free),
            sequencer.train.eq(samples.classified.train),
            sequencer.known.eq(samples.known),
            sequencer.triggered.eq(self.decision.triggered),
            sequencer.result_free.eq(~self.results.valid),
            sequencer.scan_busy.eq(samples.scan_busy),
            sequencer.columns_clear.eq(progress.clear),
            sequencer.gated.eq(progress.gated),
            sequencer.last_step.eq(self.settings.last_step),
            self.word_read.eq(sequencer.valid),
        ]

    def _read(self, m: Module) -> _Row:
        """Addresses, words of inputs and activations; returns the row whose weights are there."""
        sequencer, rows, fetch, operand = self.sequencer, self.rows, self.fetch, self.operand
        wiring.connect(m, fetch.read, wiring.flipped(self.inputs))
        wiring.connect(m, rows.gated, wiring.flipped(self.gated))
        m.d.comb += [
            rows.valid.eq(sequencer.valid),
            rows.index.eq(sequencer.index),
            rows.first.eq(sequencer.first),
            rows.last.eq(sequencer.last),
            rows.number.eq(sequencer.number),
            rows.step.eq(sequencer.step),
            rows.label.eq(self.samples.classified.label),
            self.visible.address.eq(rows.address),
            fetch.complete.eq(self.arrivals.complete),
            fetch.take.eq(sequencer.take),
            fetch.last_step.eq(self.settings.last_step),
            fetch.swap.eq(operand.swap),
            operand.first.eq(rows.addressed & rows.addressed_first & rows.forward),
            operand.index.eq(rows.addressed_index),
            operand.inputs.eq(fetch.word),
            operand.activations.eq(self.activations.bits),
        ]
        addressed = (rows.addressed, rows.addressed_index, rows.addressed_first, rows.addressed_last)
        delay = VisiblePlane.delay_of(self.layout)
        return _Row(*(delayed(m, signal, delay) for signal in (*addressed, rows.error, rows.forward)))

    def _add_up(self, m: Module, row: _Row) -> None:
        """Popcounts to pre-activations."""
        popcount, pre = self.popcount, self.preactivation
        lag = max(0, PreActivation.AHEAD - popcount.delay)  # of a count from very few lanes
        early = self.early(self.layout)
        m.d.comb += [
            popcount.weight.eq(self.visible.data),
            popcount.input.eq(self.operand.word),
            pre.valid.eq(delayed(m, row.valid & row.forward, early)),
            pre.first.eq(delayed(m, row.first, early)),
            pre.index.eq(delayed(m, row.index, early)),
            pre.count.eq(delayed(m, popcount.count, lag)),
        ]
        # a layer's last row enters the sums here, and its activations are complete before the next layer's first
        # word is swapped in; recurrent: s_0 is there from the beginning, and again behind a sequence
        filled = Signal(init=self.layout.recurrent)
        hidden = [
            int(item.kind is Kind.FORWARD and item.last and item.neuron_layer != self.layout.logit_layer)
            for item in self.program
        ]
        completes = lookup(m, hidden, row.index)
        with m.If(delayed(m, row.valid & row.last & completes, early + 1)):
            m.d.sync += filled.eq(1)
        with m.If(self.sequencer.completes):
            m.d.sync += filled.eq(0)
        m.d.comb += self.sequencer.filled.eq(filled)

    def _hidden_done(self) -> Value:
        """A row of a hidden layer is complete."""
        done: Value = self.preactivation.done & (self.preactivation.layer != self.layout.logit_layer)
        return done

    def _store(self, m: Module) -> None:
        """Activations, and where those go that somebody learns from."""
        layout, pre, activations = self.layout, self.preactivation, self.activations
        last_step, slots, chunk = self.settings.last_step, layout.machine.slots, self.stored
        # steps of the first layer's pre-activations and activations that come
        z_step, step = self.backward.pre_activations.step, Signal.like(last_step)
        starts, ends_step = Signal(), Signal()
        m.d.comb += [
            starts.eq(self.fetch.swap & self.fetch.begins),
            ends_step.eq(activations.write & activations.write_last & (activations.write_layer == 0)),
        ]
        m.d.sync += [
            z_step.eq(z_step + (self._hidden_done() & pre.final & (pre.layer == 0))),
            step.eq(step + ends_step),
        ]
        with m.If(starts):
            m.d.sync += [z_step.eq(0), step.eq(0)]
        # slots of the samples whose activations come: of the first layer, and of all others
        first_slot, other_slot = Signal(range(slots)), Signal(range(slots))
        m.d.sync += [
            first_slot.eq(first_slot + (ends_step & (step == last_step))),
            other_slot.eq(other_slot + (self.decision.decided & self.samples.predicts)),
        ]
        m.d.comb += [
            activations.clear.eq(starts & int(layout.recurrent)),
            activations.valid.eq(self._hidden_done()),
            activations.first.eq(pre.row == 0),
            activations.final.eq(pre.final),
            activations.layer.eq(pre.layer),
            activations.active.eq(~pre.negative),
            # nobody learns from what a recurrent network puts out
            chunk.valid.eq(activations.write & ((activations.write_layer == 0) | (not layout.recurrent))),
            chunk.slot.eq(Mux(activations.write_layer == 0, first_slot, other_slot)),
            chunk.step.eq(step),
            chunk.chunk.eq(activations.write_chunk),
            chunk.data.eq(activations.write_data),
        ]

    def _decide(self, m: Module) -> None:
        """The classifier's rows to the decision, and that of the whole sample out."""
        pre, decision, samples = self.preactivation, self.decision, self.samples
        margins = Array(self.settings.margin[number] for number in range(self.layout.classifiers))
        m.d.comb += [
            decision.valid.eq(pre.done & (pre.layer == self.layout.logit_layer)),
            decision.final.eq(pre.final),
            decision.row.eq(pre.row),
            decision.agree.eq(pre.agree),
            decision.label.eq(samples.classified.label),
            decision.train.eq(samples.classified.train),
            decision.margin.eq(margins[samples.classifier]),
        ]
        m.d.sync += self.results.valid.eq(self.results.valid & ~self.results.ready)
        with m.If(decision.decided & samples.predicts):
            m.d.sync += [
                self.results.valid.eq(1),
                self.results.payload.prediction.eq(decision.prediction),
                self.results.payload.triggered.eq(decision.triggered | samples.below),
            ]

    def _go_backward(self, m: Module, row: _Row) -> None:
        rows, done, decisions = self.backward.rows, self.backward.pre_activations, self.backward.decisions
        pre, samples = self.preactivation, self.samples
        m.d.comb += [
            rows.valid.eq(row.valid & ~row.forward),
            rows.first.eq(row.first),
            rows.last.eq(row.last),
            rows.index.eq(row.index),
            rows.error.eq(row.error),
            rows.word.eq(self.visible.data),
            done.valid.eq(self._hidden_done()),
            done.final.eq(pre.final),
            done.layer.eq(pre.layer),
            done.row.eq(pre.row),
            done.negative.eq(pre.negative),
            done.magnitude.eq(pre.magnitude),
            decisions.decided.eq(self.decision.decided),
            decisions.triggered.eq(self.decision.triggered),
            decisions.predicts.eq(samples.predicts),
            decisions.known.eq(samples.known),
            decisions.last.eq(samples.classified.last),
        ]
