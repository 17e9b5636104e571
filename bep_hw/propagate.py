"""The propagate engine: one array, three kinds of passes (forward, target, backward), and the decision who is updated.

Two samples share it, see `bep_hw.interleave`.

A row issued by the sequencer passes these stages:

    A issue ─► B row number ─► C plane address ─► D weights ─┬─► popcount ─► pre-activation ─► activations, z, decision
                                                             └─► column sums ─► targets ─► winner scan
"""

from typing import Any

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.activations import Activations
from bep_hw.columns import ColumnSums
from bep_hw.decision import Decision
from bep_hw.fetch import InputFetch
from bep_hw.interleave import compile_program
from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.popcount import XnorPopcount
from bep_hw.ports import result_layout
from bep_hw.preactivation import PreActivation
from bep_hw.program import Kind
from bep_hw.samples import header_layout
from bep_hw.scan import WinnerScan, order_layout
from bep_hw.sequencer import Sequencer
from bep_hw.visible_plane import VisiblePlane


class Propagate(wiring.Component):
    """Everything that reads visible weights. See the ports' comments for its neighbours."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.program = compile_program(layout)
        self.fetch = InputFetch(layout, self.program)
        self.scan = WinnerScan(layout, self.program)
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
                "activation_chunk": Out(range(layout.slot_chunks)),
                "activation_data": Out(machine.update_lanes),
                # visible plane
                "plane_address": Out(range(layout.plane_depth)),
                "plane_data": In(machine.lanes),
                # registers
                "margin": In(range(network.hidden[-1] + 2)),
                "group_size": In(self.scan.group_size.shape()),
                "gate": In(self.scan.gate.shape()),
                # list of gated rows
                "list_read": Out(1),
                "list_read_address": Out(range(self.scan.list_depth)),
                "list_read_row": In(range(max(network.hidden))),
                "list_read_target": In(1),
                "list_write": Out(1),
                "list_write_address": Out(range(self.scan.list_depth)),
                "list_write_row": Out(range(max(network.hidden))),
                "list_write_target": Out(1),
                # orders to the update engine, and its word that a mini-batch is committed
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
                "committed": In(1),
                # a word of the visible plane is read
                "word_read": Out(1),
                # results
                "results": Out(stream.Signature(result_layout(network))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program, scan, fetch = self.layout, self.program, self.scan, self.fetch
        slots, classifier = layout.machine.slots, len(layout.layers) - 1
        m.submodules.sequencer = sequencer = Sequencer(layout, program)
        m.submodules.fetch = fetch
        m.submodules.scan = scan
        m.submodules.popcount = popcount = XnorPopcount(layout.machine.lanes)
        m.submodules.preactivation = pre = PreActivation(layout, program)
        m.submodules.activations = activations = Activations(layout)
        m.submodules.columns = columns = ColumnSums(layout.backward_lanes, max(layout.network.hidden))
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
        known, scan_busy, filled, z_free = Signal(), Signal(), Signal(), Signal()
        m.d.sync += z_free.eq(~scan_busy | scan.releases)
        with m.If(decision.decided):
            m.d.sync += known.eq(1)
        with m.If(scan.ended):
            m.d.sync += scan_busy.eq(0)
        with m.If(sequencer.classify):
            m.d.sync += [
                known.eq(0),
                scan_busy.eq(1),
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
            sequencer.columns_clear.eq(scan.clear),
            sequencer.gated.eq(scan.gated),
        ]

        # A, B: rows are numbered, or named by the class or by the list of gated rows
        index_b, valid_b, number_b = (
            delayed(signal, 1) for signal in (sequencer.index, sequencer.valid, sequencer.number)
        )
        list_base = [layout.layers[item.layer].list_base if item.kind is Kind.BACKWARD else 0 for item in program]
        backward = [int(item.kind is Kind.BACKWARD) for item in program]
        m.d.comb += [
            self.list_read.eq(sequencer.valid & lookup(m, backward, sequencer.index)),
            self.list_read_address.eq(lookup(m, list_base, sequencer.index) + sequencer.number),
        ]
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
        ]

        # D: the weights are there; the word of inputs changes with the first row of a forward pass
        plane_delay = VisiblePlane.delay_of(layout)
        swap = delayed(valid_c & first_c & forward_c, plane_delay - 1)
        swapped = delayed(index_c, plane_delay - 1)
        word = Signal(layout.machine.lanes)
        inputs = lookup(m, [int(item.kind is Kind.FORWARD and item.layer == 0) for item in program], swapped)
        m.d.comb += fetch.swap.eq(swap & inputs)
        # words of activations, padded with ones in front and behind
        lanes = layout.machine.lanes
        ones = Const(-1, lanes)
        padded = Cat(ones, activations.bits, ones)
        starts = [
            layout.activation_lane(item.layer, item.word) + lanes if item.kind is Kind.FORWARD and item.layer else 0
            for item in program
        ]
        activation_word = Signal(lanes)
        different = sorted(set(starts) - {0})
        with m.Switch(lookup(m, starts, swapped)):
            for start in different:
                with m.Case(start) if start != different[-1] else m.Default():
                    m.d.comb += activation_word.eq(padded[start:])
        with m.If(swap):
            m.d.sync += word.eq(Mux(inputs, fetch.word, activation_word))
        index_d, valid_d, first_d, last_d, error_d, forward_d = (
            delayed(signal, plane_delay) for signal in (index_c, valid_c, first_c, last_c, error_c, forward_c)
        )
        m.d.comb += [popcount.weight.eq(self.plane_data), popcount.input.eq(word)]
        early = popcount.delay - 1
        m.d.comb += [
            pre.valid.eq(delayed(valid_d & forward_d, early)),
            pre.first.eq(delayed(first_d, early)),
            pre.index.eq(delayed(index_d, early)),
            pre.count.eq(popcount.count),
        ]
        # a layer's last row enters the sums here, and its activations are complete before the next layer's first
        # word is swapped in
        completes = lookup(
            m, [int(item.kind is Kind.FORWARD and item.last and item.layer != classifier) for item in program], index_d
        )
        with m.If(delayed(valid_d & last_d & completes, early)):
            m.d.sync += filled.eq(1)
        with m.If(sequencer.completes):
            m.d.sync += filled.eq(0)

        # completed rows: activations, z, or the classifier's logits
        hidden_done = pre.done & (pre.layer != classifier)
        z = memory.Memory(shape=len(pre.magnitude) + 1, depth=layout.z_depth, init=[])
        m.submodules.pre_activations = z
        z_write, z_read = z.write_port(), z.read_port()
        row_base = [place.row_base for place in layout.layers]
        m.d.comb += z_write.addr.eq(lookup(m, row_base, pre.layer) + pre.row)
        if layout.machine.z_buffers == 2:
            buffer = Signal()
            m.d.sync += buffer.eq(buffer ^ (pre.done & pre.final & (pre.layer == 0)))
            with m.If(buffer & (pre.layer == 0)):
                m.d.comb += z_write.addr.eq(sum(layout.network.hidden) + pre.row)
        # slots of the samples whose activations come: of the first layer, and of all others
        first_slot, other_slot = Signal(range(slots)), Signal(range(slots))
        m.d.sync += [
            first_slot.eq(first_slot + (activations.write & activations.write_last & (activations.write_layer == 0))),
            other_slot.eq(other_slot + decision.decided),
        ]
        m.d.comb += [
            activations.valid.eq(hidden_done),
            activations.first.eq(pre.row == 0),
            activations.final.eq(pre.final),
            activations.layer.eq(pre.layer),
            activations.active.eq(~pre.negative),
            self.activation_write.eq(activations.write),
            self.activation_slot.eq(Mux(activations.write_layer == 0, first_slot, other_slot)),
            self.activation_chunk.eq(activations.write_chunk),
            self.activation_data.eq(activations.write_data),
            z_write.en.eq(hidden_done),
            z_write.data[0].eq(pre.negative),
            z_write.data[1:].eq(pre.magnitude),
            z_read.en.eq(1),
            z_read.addr.eq(scan.z_address),
            scan.negative.eq(z_read.data[0]),
            scan.magnitude.eq(z_read.data[1:]),
            decision.valid.eq(pre.done & (pre.layer == classifier)),
            decision.final.eq(pre.final),
            decision.row.eq(pre.row),
            decision.agree.eq(pre.agree),
            decision.label.eq(classified.label),
            decision.train.eq(classified.train),
            decision.margin.eq(self.margin),
        ]
        m.d.sync += self.results.valid.eq(self.results.valid & ~self.results.ready)
        with m.If(decision.decided):
            m.d.sync += [
                self.results.valid.eq(1),
                self.results.payload.prediction.eq(decision.prediction),
                self.results.payload.triggered.eq(decision.triggered),
            ]

        m.d.comb += self.word_read.eq(sequencer.valid)

        # column sums: the segment's lanes of every row read
        segments = sorted({item.lane for item in program if item.kind is not Kind.FORWARD})
        with m.Switch(lookup(m, [item.lane for item in program], index_d)):
            for lane in segments:
                with m.Case(lane) if lane != segments[-1] else m.Default():
                    m.d.comb += columns.weights.eq(self.plane_data[lane:])
        m.d.comb += [
            columns.valid.eq(valid_d & ~forward_d),
            columns.first.eq(first_d),
            columns.error.eq(error_d),
            columns.half.eq(Mux(lookup(m, backward, index_d), (scan.gated + 1) >> 1, 1)),
            columns.clear.eq(scan.clear),
            scan.sums_done.eq(delayed(columns.valid & last_d, 1)),
            scan.index.eq(delayed(index_d, 1)),
            scan.targets.eq(columns.targets),
            scan.decided.eq(decision.decided),
            scan.triggered.eq(decision.triggered),
            scan.last.eq(classified.last),
            scan.known.eq(known),
            scan.group_size.eq(self.group_size),
            scan.gate.eq(self.gate),
            scan.room.eq(self.room),
            self.list_write.eq(scan.list_write),
            self.list_write_address.eq(scan.list_address),
            self.list_write_row.eq(scan.list_row),
            self.list_write_target.eq(scan.list_target),
            self.push.eq(scan.push),
            self.order.eq(scan.order),
        ]
        return m
