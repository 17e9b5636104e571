"""The propagate engine: one array, three passes (forward, target, backward), and the decision who is updated.

A row issued by the sequencer passes these stages:

    A issue ─► B list entry ─► C plane address ─► D weights ─┬─► popcount ─► pre-activation ─► activations, z, decision
                                                             └─► column sums ─► targets ─► winner scan
"""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.activations import ActivationWriter
from bep_hw.columns import ColumnSums
from bep_hw.decision import Decision
from bep_hw.fetch import InputFetch
from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.popcount import XnorPopcount
from bep_hw.ports import result_layout
from bep_hw.preactivation import PreActivation
from bep_hw.program import Kind, compile_program
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
                "begun": In(range(2 * machine.slots)),
                "loaded": In(range(layout.layers[0].chunks + 1)),
                "headers": In(data.ArrayLayout(header_layout(layout), machine.slots)),
                # sample memory
                "fetch_address": Out(self.fetch.address.shape()),
                "fetch_data": In(machine.update_lanes),
                "activation_write": Out(1),
                "activation_address": Out(self.fetch.address.shape()),
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
        slots = layout.machine.slots
        m.submodules.sequencer = sequencer = Sequencer(layout, program)
        m.submodules.fetch = fetch
        m.submodules.scan = scan
        m.submodules.popcount = popcount = XnorPopcount(layout.machine.lanes)
        m.submodules.preactivation = pre = PreActivation(layout, program)
        m.submodules.activations = activations = ActivationWriter(layout)
        m.submodules.columns = columns = ColumnSums(layout.backward_lanes, max(layout.network.hidden))
        m.submodules.decision = decision = Decision(layout)

        def delayed(value: Any, cycles: int) -> Any:
            for _ in range(cycles):
                stage = Signal.like(value)
                m.d.sync += stage.eq(value)
                value = stage
            return value

        # the sample being propagated
        slot = Signal(range(slots))
        header = Signal(header_layout(layout))
        m.d.comb += [slot.eq(sequencer.slot), header.eq(self.headers[slot])]
        classified = Signal(header_layout(layout))  # of the sample whose decision is awaited or known
        opened = Signal(init=1)
        with m.If(sequencer.started & header.last):
            m.d.sync += opened.eq(0)
        with m.If(self.committed):
            m.d.sync += opened.eq(1)
        known, scan_busy = Signal(), Signal()
        with m.If(decision.decided):
            m.d.sync += known.eq(1)
        with m.If(sequencer.classify):
            m.d.sync += [known.eq(0), scan_busy.eq(1), classified.eq(header)]
        with m.If(scan.ended):
            m.d.sync += scan_busy.eq(0)
        m.d.comb += [
            sequencer.open.eq(opened),
            sequencer.full.eq(fetch.full),
            sequencer.train.eq(header.train),
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
        m.d.sync += self.plane_address.eq(lookup(m, [item.plane_base for item in program], index_b) + row)
        first_c, last_c = delayed(sequencer.first, 2), delayed(sequencer.last, 2)
        index_c, valid_c, error_c = delayed(index_b, 1), delayed(valid_b, 1), delayed(error, 1)
        forward_c = lookup(m, [int(item.kind is Kind.FORWARD) for item in program], index_c)
        m.d.comb += [
            fetch.begun.eq(self.begun),
            fetch.loaded.eq(self.loaded),
            fetch.ready_chunks.eq(activations.ready_chunks),
            fetch.data.eq(self.fetch_data),
            self.fetch_address.eq(fetch.address),
            fetch.take.eq(sequencer.take),
        ]

        # D: the weights are there; the inputs' word changes with the first row of a forward pass
        plane_delay = VisiblePlane.delay_of(layout)
        forward_first = valid_c & first_c & forward_c
        completes = lookup(m, [int(item.kind is Kind.FORWARD and item.last) for item in program], index_c)
        m.d.comb += [
            fetch.swap.eq(delayed(forward_first, plane_delay - 1)),
            # the fetch must not take the chunks of the layer before for this layer's
            activations.restart.eq(delayed(forward_first & completes, plane_delay - 1)),
        ]
        index_d, valid_d, first_d, last_d, error_d, forward_d = (
            delayed(signal, plane_delay) for signal in (index_c, valid_c, first_c, last_c, error_c, forward_c)
        )
        m.d.comb += [popcount.weight.eq(self.plane_data), popcount.input.eq(fetch.word)]
        early = popcount.delay - 1
        m.d.comb += [
            pre.valid.eq(delayed(valid_d & forward_d, early)),
            pre.first.eq(delayed(first_d, early)),
            pre.index.eq(delayed(index_d, early)),
            pre.count.eq(popcount.count),
        ]

        # completed rows: activations, z, or the classifier's logits
        classifier = len(layout.layers) - 1
        hidden_done = pre.done & (pre.layer != classifier)
        z = memory.Memory(shape=len(pre.magnitude) + 1, depth=sum(layout.network.hidden), init=[])
        m.submodules.pre_activations = z
        z_write, z_read = z.write_port(), z.read_port()
        row_base = [place.row_base for place in layout.layers]
        m.d.comb += [
            activations.valid.eq(hidden_done),
            activations.final.eq(pre.final),
            activations.layer.eq(pre.layer),
            activations.active.eq(~pre.negative),
            self.activation_write.eq(activations.write),
            self.activation_address.eq(slot * layout.slot_chunks + activations.write_chunk),
            self.activation_data.eq(activations.write_data),
            z_write.en.eq(hidden_done),
            z_write.addr.eq(lookup(m, row_base, pre.layer) + pre.row),
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
        lanes = sorted({item.lane for item in program if item.kind is not Kind.FORWARD})
        with m.Switch(lookup(m, [item.lane for item in program], index_d)):
            for lane in lanes:
                with m.Case(lane) if lane != lanes[-1] else m.Default():
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
