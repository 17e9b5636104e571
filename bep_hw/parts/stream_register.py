"""A place on a stream where a clock cycle ends: nothing passes through combinationally, in either direction."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out


class StreamRegister(wiring.Component):
    """Two payloads deep, so that one can pass from ``input`` to ``output`` every cycle.

    ``holding`` is high while any is inside.
    """

    DEPTH = 2
    """Payloads that it holds."""

    def __init__(self, shape: Any) -> None:
        super().__init__(
            {"input": In(stream.Signature(shape)), "output": Out(stream.Signature(shape)), "holding": Out(1)}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        spare, spared = Signal.like(self.input.payload, reset_less=True), Signal()
        m.d.comb += [self.input.ready.eq(~spared), self.holding.eq(spared | self.output.valid)]
        with m.If(self.output.ready | ~self.output.valid):
            m.d.sync += [self.output.valid.eq(spared | self.input.valid), spared.eq(0)]
            m.d.sync += self.output.payload.eq(self.input.payload)
            with m.If(spared):
                m.d.sync += self.output.payload.eq(spare)
        with m.Elif(~spared):
            m.d.sync += [spared.eq(self.input.valid), spare.eq(self.input.payload)]
        return m
