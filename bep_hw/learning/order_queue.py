"""Orders that wait for the update engine."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.learning import Orders, order_layout
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout


class OrderQueue(wiring.Component):
    """First in, first out, between a sender that looks ahead and a receiver that takes its time.

    ``under_way`` is the number of orders that may still come after there was room.
    """

    SPARE = 1
    """Places beside those for orders under way."""
    WAITING = SPARE + 1 + StreamRegister.DEPTH
    """Orders that wait, inside or in the register to the receiver, when the sender has to pause."""
    DELAY = 2
    """Cycles from an order to the receiver's sight of it."""

    def __init__(self, layout: Layout, under_way: int) -> None:
        self.layout, self.under_way = layout, under_way
        super().__init__(
            {
                "orders": In(Orders(layout)),
                "output": Out(stream.Signature(order_layout(layout))),  # to the update engine
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        shape = order_layout(self.layout)
        m.submodules.queue = queue = ShiftQueue(shape, self.under_way + self.SPARE)
        m.submodules.register = register = StreamRegister(shape)
        m.d.comb += [
            queue.input.valid.eq(self.orders.valid),
            queue.input.payload.eq(self.orders.payload),
            self.orders.room.eq(~queue.held[self.SPARE]),
        ]
        wiring.connect(m, queue.output, register.input)
        wiring.connect(m, register.output, wiring.flipped(self.output))
        return m
