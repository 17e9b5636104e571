"""The backward half: rows read backward become targets, targets and pre-activations become winners and gated rows.

It hangs on the propagate engine's array (`array_signature`); hardware that only infers leaves it out.
"""

from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass
from bep_hw.winners.columns import ColumnSums
from bep_hw.winners.scan import WinnerScan, gates_layout, group_sizes_layout, order_layout, target_layout


def array_signature(layout: Layout, program: tuple[Pass, ...]) -> wiring.Signature:
    """What the array tells (Out), and what it waits for (In). See `WinnerScan` for the latter."""
    network = layout.network
    return wiring.Signature(
        {
            # a row of a TARGET or BACKWARD pass: its word of the visible plane and its error bit
            "valid": Out(1),
            "first": Out(1),
            "last": Out(1),
            "index": Out(range(len(program))),
            "word": Out(layout.machine.lanes),
            "error": Out(1),
            # a pre-activation of a hidden layer; ``z_final`` marks the layer's last one
            "z_valid": Out(1),
            "z_final": Out(1),
            "z_layer": Out(range(len(layout.layers))),
            "z_row": Out(range(max(place.rows for place in layout.layers))),
            "z_step": Out(range(layout.steps)),  # of the first layer's
            "negative": Out(1),
            "magnitude": Out(range(max(network.fan_in) + 1)),
            # a decision, high for one cycle; ``known`` from then on; ``predicts``: it is the sample's last one;
            # ``last_sample``: the mini-batch ends with it
            "decided": Out(1),
            "triggered": Out(1),
            "predicts": Out(1),
            "known": Out(1),
            "last_sample": Out(1),
            # column accumulators free; rows listed; the decision carried out; a pre-activation may be overwritten
            "clear": In(1),
            "gated": In(range(max(network.widths) + 1)),
            "ended": In(1),
            "releases": In(1),
        }
    )


class Backward(wiring.Component):
    """Column sums, the memory of pre-activations, and the scan."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        self.scan = WinnerScan(layout, program)
        list_address, row = range(layout.list_depth), range(max(layout.network.widths))
        super().__init__(
            {
                "array": In(array_signature(layout, program)),
                # registers
                "group_size": In(group_sizes_layout(layout)),
                "gate": In(gates_layout(layout)),
                # list of gated rows
                "list_write": Out(1),
                "list_write_address": Out(list_address),
                "list_write_row": Out(row),
                "list_write_target": Out(1),
                # recurrent: the step that ends a sequence, and desired states of the sample scanned
                "last_step": In(range(layout.steps)),
                "target": Out(target_layout(layout)),
                # orders to the update engine
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program, array = self.layout, self.program, self.array
        m.submodules.scan = scan = self.scan
        m.submodules.columns = columns = ColumnSums(layout.backward_lanes, max(layout.network.widths))
        self._keep_pre_activations(m)

        # column sums: the segment's lanes of every row read. Their inputs are registered: the first row's start value
        # goes to every lane
        lanes = columns.weights.shape().width
        segments = sorted({item.lane for item in program if item.kind is not Kind.FORWARD})
        with m.Switch(lookup(m, [item.lane for item in program], array.index)):
            for lane in segments:
                with m.Case(lane) if lane != segments[-1] else m.Default():
                    m.d.sync += columns.weights.eq(array.word[lane : lane + lanes])
        listed = lookup(m, [int(item.kind is Kind.BACKWARD) for item in program], array.index)
        half, summed, index = Signal.like(columns.start), Signal(), Signal.like(array.index)
        m.d.sync += [
            half.eq((scan.gated + 1) >> 1),  # of a list that is complete before its rows are read
            columns.valid.eq(array.valid),
            *self._error_copies(m, columns.error),
            columns.start.eq(Mux(array.first, Mux(listed, -half, -1), 0)),
            summed.eq(array.valid & array.last),
            index.eq(array.index),
            scan.sums_done.eq(summed),
            scan.index.eq(index),
        ]
        m.d.comb += [
            columns.clear.eq(scan.clear),
            scan.targets.eq(columns.targets),
            scan.decided.eq(array.decided),
            scan.triggered.eq(array.triggered),
            scan.predicts.eq(array.predicts),
            scan.last.eq(array.last_sample),
            scan.known.eq(array.known),
            scan.group_size.eq(self.group_size),
            scan.gate.eq(self.gate),
            scan.room.eq(self.room),
            scan.last_step.eq(self.last_step),
            self.target.eq(scan.known_target),
            array.clear.eq(scan.clear),
            array.gated.eq(scan.gated),
            array.ended.eq(scan.ended),
            array.releases.eq(scan.releases),
            self.list_write.eq(scan.list_write),
            self.list_write_address.eq(scan.list_address),
            self.list_write_row.eq(scan.list_row),
            self.list_write_target.eq(scan.list_target),
            self.push.eq(scan.push),
            self.order.eq(scan.order),
        ]
        return m

    def _error_copies(self, m: Module, errors: Signal) -> list[Any]:
        """Assignments of the error signal to its registers: one of ``errors`` itself, or copies on a wide machine."""
        if len(errors) == 1:
            return [errors.eq(self.array.error)]
        # see bep_boards.flow.synthesis: copies are kept apart
        copies = [Signal(name="error_copy") for _ in range(len(errors))]
        m.d.comb += errors.eq(Cat(copies))
        return [copy.eq(self.array.error) for copy in copies]

    def _keep_pre_activations(self, m: Module) -> None:
        """A memory of |z| and its sign: those of all hidden layers, the first layer's in every buffer or step."""
        layout, array, scan = self.layout, self.array, self.scan
        z = memory.Memory(shape=len(array.magnitude) + 1, depth=layout.z_depth, init=[])
        m.submodules.pre_activations = z
        write, read = z.write_port(), z.read_port()
        m.d.comb += [
            write.en.eq(array.z_valid),
            write.addr.eq(lookup(m, layout.z_bases, array.z_layer) + array.z_row),
            write.data[0].eq(array.negative),
            write.data[1:].eq(array.magnitude),
            read.en.eq(1),
            read.addr.eq(scan.z_address),
            scan.negative.eq(read.data[0]),
            scan.magnitude.eq(read.data[1:]),
        ]
        if layout.recurrent:
            with m.If(array.z_layer == 0):
                m.d.comb += write.addr.eq(array.z_step * layout.step_rows + array.z_row)
        if layout.machine.z_buffers == 2:
            buffer = Signal()
            m.d.sync += buffer.eq(buffer ^ (array.z_valid & array.z_final & (array.z_layer == 0)))
            with m.If(buffer & (array.z_layer == 0)):
                m.d.comb += write.addr.eq(layout.z_bases[-1] + array.z_row)
