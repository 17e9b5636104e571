"""Orders on their way to the update engine: each asks for its window as soon as it comes first."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.parts.stream_register import StreamRegister
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout
from bep_hw.windows.reader import corner_layout


class OrderFork(wiring.Component):
    """Passes ``orders`` on, and the ``windows`` of those that have one, of the sample in ``slot``.

    A window leaves before its order does, so that the next order's inputs are read while this one's are used.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        order = order_layout(layout)
        super().__init__(
            {
                "slot": In(range(layout.machine.slots)),
                "orders": In(stream.Signature(order)),
                "output": Out(stream.Signature(order)),
                "windows": Out(stream.Signature(corner_layout(layout))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.register = register = StreamRegister(corner_layout(self.layout))
        wiring.connect(m, register.output, wiring.flipped(self.windows))
        order, asked, asks = self.orders.payload, Signal(), Signal()
        window = register.input.payload
        m.d.comb += [
            register.input.valid.eq(self.orders.valid & ~order.end & ~asked),
            asks.eq(register.input.valid & register.input.ready),
            window.slot.eq(self.slot),
            window.position.eq(order.position),
            self.output.payload.eq(order),
            self.output.valid.eq(self.orders.valid & (order.end | asked | asks)),
            self.orders.ready.eq(self.output.ready & self.output.valid),
        ]
        if self.layout.leaves:
            m.d.comb += window.edges.eq(order.edges)
        with m.If(asks):
            m.d.sync += asked.eq(1)
        with m.If(self.orders.ready):
            m.d.sync += asked.eq(0)
        return m
