"""The propagate engine: one array, three kinds of passes (forward, target, backward), and the decision to update.

Two samples share it, see `bep_hw.plan.interleave`. Rows read in TARGET and BACKWARD passes go on to
`bep_hw.winners.backward`.

A row issued by the sequencer passes these stages:

    A issue ─► B row number ─► C plane address ─► D weights ─┬─► popcount ─► pre-activation ─► activations, z, decision
                                                             └─► backward: column sums, targets, winners
"""

from typing import Any

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.activations import Activations
from bep_hw.array.decision import Decision, margins_layout
from bep_hw.array.fetch import InputFetch
from bep_hw.array.popcount import XnorPopcount
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.samples import header_layout
from bep_hw.array.sequencer import Sequencer
from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.parts.lookup import lookup
from bep_hw.plan.interleave import compile_program
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import result_layout
from bep_hw.plan.program import Kind
from bep_hw.winners.backward import array_signature


class Propagate(wiring.Component):
    """Everything that reads visible weights. See the ports' comments for its neighbours."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.program = compile_program(layout)
        self.fetch = InputFetch(layout, self.program)
        self.preactivation = PreActivation(layout, self.program)
        network, machine = layout.network, layout.machine
        super().__init__(
            {
                # from the loader
                "complete": In(range(2 * machine.slots)),
                "headers": In(data.ArrayLayout(header_layout(layout), machine.slots)),
                # sample memory
                "fetch_address": Out(self.fetch.address.shape()),
                "fetch_data": In(machine.update_lanes),
                "activation_write": Out(1),
                "activation_slot": Out(range(machine.slots)),
                "activation_step": Out(range(layout.steps)),
                "activation_chunk": Out(range(layout.slot_chunks)),
                "activation_data": Out(machine.update_lanes),
                # visible plane
                "plane_address": Out(range(layout.plane_depth)),
                "plane_data": In(machine.lanes),
                # the step that ends a sequence
                "last_step": In(range(layout.steps)),
                # half the margins, rounded up
                "margin": In(margins_layout(layout)),
                # list of gated rows
                "list_read": Out(1),
                "list_read_address": Out(range(layout.list_depth)),
                "list_read_row": In(range(max(network.widths))),
                "list_read_target": In(1),
                # rows read backward, pre-activations and decisions, for the search for winners
                "backward": Out(array_signature(layout, self.program)),
                # the update engine's word that a mini-batch is committed
                "committed": In(1),
                # a word of the visible plane is read
                "word_read": Out(1),
                # results
                "results": Out(stream.Signature(result_layout(network))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program, fetch, backward = self.layout, self.program, self.fetch, self.backward
        slots, logits = layout.machine.slots, layout.logits
        m.submodules.sequencer = sequencer = Sequencer(layout, program)
        m.submodules.fetch = fetch
        m.submodules.popcount = popcount = XnorPopcount(layout.machine.lanes)
        m.submodules.preactivation = pre = self.preactivation
        m.submodules.activations = activations = Activations(layout)
        m.submodules.decision = decision = Decision(layout)

        def delayed(value: Any, cycles: int) -> Any:
            for _ in range(cycles):
                stage = Signal.like(value)
                m.d.sync += stage.eq(value)
                value = stage
            return value

        # samples, counted like the loader counts: those begun, those classified
        begun, classified_count = Signal(range(2 * slots)), Signal(range(slots))
        begins, classified = Signal(header_layout(layout)), Signal(header_layout(layout))
        opened = Signal(init=1)
        m.d.comb += begins.eq(self.headers[begun[: (slots - 1).bit_length()]])
        with m.If(sequencer.started):
            m.d.sync += begun.eq(begun + 1)
            with m.If(begins.last):
                m.d.sync += opened.eq(0)
        with m.If(self.committed):
            m.d.sync += opened.eq(1)
        # recurrent: s_0 is there from the beginning, and again behind a sequence
        known, scan_busy, filled, z_free = Signal(), Signal(), Signal(init=layout.recurrent), Signal()
        m.d.sync += z_free.eq(~scan_busy | backward.releases)
        with m.If(decision.decided):
            m.d.sync += known.eq(1)
        with m.If(backward.ended):
            m.d.sync += scan_busy.eq(0)
        # the classifier at work; behind the one that predicts, the next one is that of another sample
        classifier = Signal(range(layout.classifiers), init=layout.classifiers - 1)
        predicts, below = Signal(), Signal()  # ``below``: a layer before has triggered
        m.d.comb += predicts.eq(classifier == layout.classifiers - 1)
        with m.If(sequencer.classify):
            m.d.sync += [known.eq(0), scan_busy.eq(1), classifier.eq(Mux(predicts, 0, classifier + 1))]
            with m.If(predicts):
                m.d.sync += [
                    below.eq(0),
                    classified.eq(self.headers[classified_count]),
                    classified_count.eq(classified_count + 1),
                ]
        m.d.comb += [
            sequencer.available.eq(opened & (begun != self.complete)),
            sequencer.full.eq(fetch.full),
            sequencer.filled.eq(filled),
            sequencer.z_free.eq(z_free),
            sequencer.train.eq(classified.train),
            sequencer.known.eq(known),
            sequencer.triggered.eq(decision.triggered),
            sequencer.result_free.eq(~self.results.valid),
            sequencer.scan_busy.eq(scan_busy),
            sequencer.columns_clear.eq(backward.clear),
            sequencer.gated.eq(backward.gated),
            sequencer.last_step.eq(self.last_step),
        ]

        # A, B: rows are numbered, or named by the class or by the list of gated rows
        index_b, valid_b, number_b = (
            delayed(signal, 1) for signal in (sequencer.index, sequencer.valid, sequencer.number)
        )
        list_base = [layout.layers[item.layer].list_base if item.kind is Kind.BACKWARD else 0 for item in program]
        listed = [int(item.kind is Kind.BACKWARD) for item in program]
        m.d.comb += [
            self.list_read.eq(sequencer.valid & lookup(m, listed, sequencer.index)),
            self.list_read_address.eq(lookup(m, list_base, sequencer.index) + sequencer.number),
        ]
        if layout.recurrent:
            # a state's rows are in one of two lists by turns
            of_state = [item.kind is Kind.BACKWARD and layout.layers[item.layer].neurons == 0 for item in program]
            with m.If(lookup(m, of_state, sequencer.index) & sequencer.step[:1]):
                m.d.comb += self.list_read_address.eq(layout.network.widths[0] + sequencer.number)
        row, error = Signal(range(max(place.rows for place in layout.layers))), Signal(init=1)
        kind_b = Signal(Kind)
        m.d.comb += kind_b.eq(lookup(m, [int(item.kind) for item in program], index_b))
        with m.Switch(kind_b):
            with m.Case(Kind.FORWARD):
                m.d.comb += row.eq(number_b)
            with m.Case(Kind.TARGET):
                m.d.comb += [row.eq(classified.label), error.eq(1)]
            with m.Case(Kind.BACKWARD):
                m.d.comb += [row.eq(self.list_read_row), error.eq(self.list_read_target)]

        # C: the word's address
        row_b, index_b1 = delayed(row, 1), delayed(index_b, 1)
        m.d.sync += self.plane_address.eq(lookup(m, [item.plane_base for item in program], index_b1) + row_b)
        first_c, last_c = delayed(sequencer.first, 3), delayed(sequencer.last, 3)
        index_c, valid_c, error_c = delayed(index_b1, 1), delayed(valid_b, 2), delayed(error, 2)
        forward_c = lookup(m, [int(item.kind is Kind.FORWARD) for item in program], index_c)
        m.d.comb += [
            fetch.complete.eq(self.complete),
            fetch.data.eq(self.fetch_data),
            self.fetch_address.eq(fetch.address),
            fetch.take.eq(sequencer.take),
            fetch.last_step.eq(self.last_step),
        ]

        # D: the weights are there; the word of inputs changes with the first row of a forward pass
        plane_delay = VisiblePlane.delay_of(layout)
        swap = delayed(valid_c & first_c & forward_c, plane_delay - 1)
        swapped = delayed(index_c, plane_delay - 1)
        word = Signal(layout.machine.lanes, reset_less=True)
        inputs = lookup(m, [int(item.inputs) for item in program], swapped)
        m.d.comb += fetch.swap.eq(swap & inputs)
        # words of activations, padded with ones in front and behind
        lanes = layout.machine.lanes
        ones = Const(-1, lanes)
        padded = Cat(ones, activations.bits, ones)
        lane_starts = [
            layout.activation_lane(item.layer, item.word) + lanes
            if item.kind is Kind.FORWARD and not item.inputs
            else 0
            for item in program
        ]
        activation_word = Signal(lanes)
        different = sorted(set(lane_starts) - {0})
        with m.Switch(lookup(m, lane_starts, swapped)):
            for start in different:
                with m.Case(start) if start != different[-1] else m.Default():
                    m.d.comb += activation_word.eq(padded[start:])
        with m.If(swap):
            m.d.sync += word.eq(Mux(inputs, fetch.word, activation_word))
        index_d, valid_d, first_d, last_d, error_d, forward_d = (
            delayed(signal, plane_delay) for signal in (index_c, valid_c, first_c, last_c, error_c, forward_c)
        )
        m.d.comb += [popcount.weight.eq(self.plane_data), popcount.input.eq(word)]
        lag = max(0, PreActivation.AHEAD - popcount.delay)  # of a count from very few lanes
        early = popcount.delay + lag - PreActivation.AHEAD
        m.d.comb += [
            pre.valid.eq(delayed(valid_d & forward_d, early)),
            pre.first.eq(delayed(first_d, early)),
            pre.index.eq(delayed(index_d, early)),
            pre.count.eq(delayed(popcount.count, lag)),
        ]
        # a layer's last row enters the sums here, and its activations are complete before the next layer's first
        # word is swapped in
        completes = lookup(
            m, [int(item.kind is Kind.FORWARD and item.last and item.neurons != logits) for item in program], index_d
        )
        with m.If(delayed(valid_d & last_d & completes, early + 1)):
            m.d.sync += filled.eq(1)
        with m.If(sequencer.completes):
            m.d.sync += filled.eq(0)

        # completed rows: activations, or the classifier's logits
        hidden_done = pre.done & (pre.layer != logits)
        # steps of the first layer's pre-activations and activations that come
        starts, z_step, step = Signal(), Signal.like(self.last_step), Signal.like(self.last_step)
        ends_step = Signal()
        m.d.comb += [
            starts.eq(fetch.swap & fetch.begins),
            ends_step.eq(activations.write & activations.write_last & (activations.write_layer == 0)),
        ]
        m.d.sync += [
            z_step.eq(z_step + (hidden_done & pre.final & (pre.layer == 0))),
            step.eq(step + ends_step),
        ]
        with m.If(starts):
            m.d.sync += [z_step.eq(0), step.eq(0)]
        # slots of the samples whose activations come: of the first layer, and of all others
        first_slot, other_slot = Signal(range(slots)), Signal(range(slots))
        m.d.sync += [
            first_slot.eq(first_slot + (ends_step & (step == self.last_step))),
            other_slot.eq(other_slot + (decision.decided & predicts)),
        ]
        m.d.comb += [
            activations.clear.eq(starts & int(layout.recurrent)),
            activations.valid.eq(hidden_done),
            activations.first.eq(pre.row == 0),
            activations.final.eq(pre.final),
            activations.layer.eq(pre.layer),
            activations.active.eq(~pre.negative),
            # nobody learns from what a recurrent network puts out
            self.activation_write.eq(activations.write & ((activations.write_layer == 0) | (not layout.recurrent))),
            self.activation_slot.eq(Mux(activations.write_layer == 0, first_slot, other_slot)),
            self.activation_step.eq(step),
            self.activation_chunk.eq(activations.write_chunk),
            self.activation_data.eq(activations.write_data),
            decision.valid.eq(pre.done & (pre.layer == logits)),
            decision.final.eq(pre.final),
            decision.row.eq(pre.row),
            decision.agree.eq(pre.agree),
            decision.label.eq(classified.label),
            decision.train.eq(classified.train),
            decision.margin.eq(Array(self.margin[number] for number in range(layout.classifiers))[classifier]),
        ]
        m.d.sync += self.results.valid.eq(self.results.valid & ~self.results.ready)
        with m.If(decision.decided & predicts):
            m.d.sync += [
                self.results.valid.eq(1),
                self.results.payload.prediction.eq(decision.prediction),
                self.results.payload.triggered.eq(decision.triggered | below),
            ]
        if layout.classifiers > 1:
            with m.If(decision.decided & decision.triggered):
                m.d.sync += below.eq(1)

        m.d.comb += self.word_read.eq(sequencer.valid)

        # the backward half
        m.d.comb += [
            backward.valid.eq(valid_d & ~forward_d),
            backward.first.eq(first_d),
            backward.last.eq(last_d),
            backward.index.eq(index_d),
            backward.error.eq(error_d),
            backward.word.eq(self.plane_data),
            backward.z_valid.eq(hidden_done),
            backward.z_final.eq(pre.final),
            backward.z_layer.eq(pre.layer),
            backward.z_row.eq(pre.row),
            backward.z_step.eq(z_step),
            backward.negative.eq(pre.negative),
            backward.magnitude.eq(pre.magnitude),
            backward.decided.eq(decision.decided),
            backward.triggered.eq(decision.triggered),
            backward.predicts.eq(predicts),
            backward.known.eq(known),
            backward.last_sample.eq(classified.last),
        ]
        return m
