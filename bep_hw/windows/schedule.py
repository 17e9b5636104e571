"""What the update engine does with orders of kernels: a row of a word steps, its inputs come as a stream of chunks."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream
from amaranth.lib.wiring import In

from bep_hw.learning.schedule import Action, Schedule
from bep_hw.parts.lookup import lookup
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout


class WindowSchedule(Schedule):
    """`Schedule` for `bep_hw.windows.orders`. A group of an order waits for its chunk of inputs."""

    layout: WindowLayout

    def __init__(self, layout: Any, engine: Any) -> None:
        super().__init__(layout, engine)
        self.reads = Signal()

    @staticmethod
    def order(layout: Any) -> Any:
        return order_layout(layout)

    @staticmethod
    def inputs(layout: Any) -> Any:
        return In(stream.Signature(layout.machine.update_lanes))

    def arrived(self, later: Any) -> Any:
        return later(self.engine.inputs.payload)

    def _read_inputs(self, m: Module) -> None:
        inputs, steps = self.engine.inputs, self.action == Action.STEP
        m.d.comb += [
            self.reads.eq(self.running & (inputs.valid | ~steps)),
            inputs.ready.eq(self.go & steps),
        ]

    def _begin_order(self, m: Module) -> None:
        layout, order = self.layout, self.engine.orders.payload
        slices = layout.row_lanes // layout.slice_lanes
        # where a row's first slice is: the block of the word that holds it, and its part there
        starts = [divmod(row * slices, layout.parts) for row in range(layout.rows_per_word)]
        offsets = [block * layout.plane_depth * layout.parts + part for block, part in starts]
        m.d.comb += self.engine.orders.ready.eq(1)
        m.d.sync += [
            self.running.eq(1),
            self.action.eq(Action.STEP),
            self.age.eq(0),
            self.target.eq(order.target),
            self.address.eq(lookup(m, offsets, order.row) + order.word * layout.parts),
            self.chunk.eq(0),
            self.bank.eq(0),
            self.part.eq(lookup(m, [part for _, part in starts], order.row)),
        ]
