"""The backward half: rows read backward become targets, targets and pre-activations become winners and gated rows.

It hangs on the propagate engine's array (`BackwardHalf`); hardware that only infers leaves it out.
"""

from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.host import Settings
from bep_hw.interfaces.learning import BackwardHalf, ListWrite, Orders, target_layout
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass
from bep_hw.winners.columns import ColumnSums
from bep_hw.winners.scan import WinnerScan


class Backward(wiring.Component):
    """Column sums, the memory of pre-activations, and the scan."""

    SUM = 2
    """Cycles from a row's weights to targets that include it."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        self.scan = WinnerScan(layout, program)
        super().__init__(
            {
                "array": In(BackwardHalf(layout, program)),
                "settings": In(Settings(layout)),
                "gated": Out(ListWrite(layout)),
                "target": Out(target_layout(layout)),  # recurrent: desired states of the sample scanned
                "orders": Out(Orders(layout)),  # to the update engine
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
        rows, lanes = array.rows, columns.weights.shape().width
        segments = sorted({item.lane for item in program if item.kind is not Kind.FORWARD})
        with m.Switch(lookup(m, [item.lane for item in program], rows.index)):
            for lane in segments:
                with m.Case(lane) if lane != segments[-1] else m.Default():
                    m.d.sync += columns.weights.eq(rows.word[lane : lane + lanes])
        listed = lookup(m, [int(item.kind is Kind.BACKWARD) for item in program], rows.index)
        half, summed, index = Signal.like(columns.start), Signal(), Signal.like(rows.index)
        m.d.sync += [
            half.eq((scan.progress.gated + 1) >> 1),  # of a list that is complete before its rows are read
            columns.valid.eq(rows.valid),
            *self._error_copies(m, columns.error),
            columns.start.eq(Mux(rows.first, Mux(listed, -half, -1), 0)),
            summed.eq(rows.valid & rows.last),
            index.eq(rows.index),
            scan.sums_done.eq(summed),
            scan.index.eq(index),
        ]
        m.d.comb += [
            columns.clear.eq(scan.progress.clear),
            scan.targets.eq(columns.targets),
            self.target.eq(scan.known_target),
        ]
        wiring.connect(m, wiring.flipped(self.settings), scan.settings)
        wiring.connect(m, wiring.flipped(array.decisions), scan.decisions)
        wiring.connect(m, scan.progress, wiring.flipped(array.progress))
        wiring.connect(m, scan.gated, wiring.flipped(self.gated))
        wiring.connect(m, scan.orders, wiring.flipped(self.orders))
        return m

    def _error_copies(self, m: Module, errors: Signal) -> list[Any]:
        """Assignments of the error signal to its registers: one of ``errors`` itself, or copies on a wide machine."""
        if len(errors) == 1:
            return [errors.eq(self.array.rows.error)]
        # see bep_boards.flow.synthesis: copies are kept apart
        copies = [Signal(name="error_copy") for _ in range(len(errors))]
        m.d.comb += errors.eq(Cat(copies))
        return [copy.eq(self.array.rows.error) for copy in copies]

    def _keep_pre_activations(self, m: Module) -> None:
        """A memory of |z| and its sign: those of all hidden layers, the first layer's in every buffer or step."""
        layout, done, scan = self.layout, self.array.pre_activations, self.scan
        z = memory.Memory(shape=len(done.magnitude) + 1, depth=layout.z_depth, init=[])
        m.submodules.pre_activations = z
        write, read = z.write_port(), z.read_port()
        m.d.comb += [
            write.en.eq(done.valid),
            write.addr.eq(lookup(m, layout.z_bases, done.layer) + done.row),
            write.data[0].eq(done.negative),
            write.data[1:].eq(done.magnitude),
            read.en.eq(1),
            read.addr.eq(scan.z_address),
            scan.negative.eq(read.data[0]),
            scan.magnitude.eq(read.data[1:]),
        ]
        if layout.recurrent:
            with m.If(done.layer == 0):
                m.d.comb += write.addr.eq(done.step * layout.step_rows + done.row)
        if layout.machine.z_buffers == 2:
            buffer = Signal()
            m.d.sync += buffer.eq(buffer ^ (done.valid & done.final & (done.layer == 0)))
            with m.If(buffer & (done.layer == 0)):
                m.d.comb += write.addr.eq(layout.z_bases[-1] + done.row)
