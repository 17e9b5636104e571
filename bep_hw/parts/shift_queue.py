"""A short queue whose entries move up: a multiplexer of two a bit, which shares a logic cell with the flip-flop."""

from typing import Any

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out


class ShiftQueue(wiring.Component):
    """First in at ``input``, first out at ``output``, ``depth`` entries, one in and one out per cycle.

    ``held`` (depth,) says which places are taken, the output's in bit 0. A memory of so few entries would be
    flip-flops with a multiplexer of all entries behind them.
    """

    def __init__(self, shape: Any, depth: int) -> None:
        self.depth = depth
        super().__init__(
            {"input": In(stream.Signature(shape)), "output": Out(stream.Signature(shape)), "held": Out(depth)}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        shape = self.input.payload.shape()
        entries = [Signal(shape, name=f"entry_{place}", reset_less=True) for place in range(self.depth)]
        entered, taken = Signal(), Signal()
        m.d.comb += [
            self.input.ready.eq(~self.held[-1]),
            self.output.valid.eq(self.held[0]),
            self.output.payload.eq(entries[0]),
            entered.eq(self.input.valid & self.input.ready),
            taken.eq(self.output.valid & self.output.ready),
        ]
        # a free place takes whatever is offered; when the first entry leaves, the others move up
        for place, entry in enumerate(entries):
            with m.If(taken | ~self.held[place]):
                m.d.sync += entry.eq(self.input.payload)
                if place + 1 < self.depth:
                    with m.If(self.held[place + 1]):
                        m.d.sync += entry.eq(entries[place + 1])
        with m.If(entered & ~taken):
            m.d.sync += self.held.eq(Cat(1, self.held))
        with m.Elif(taken & ~entered):
            m.d.sync += self.held.eq(self.held[1:])
        return m
