"""A byte stream from one clock to another, whatever their rates."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out


class Crossing(wiring.Component):
    """One byte at a time from ``input`` in domain ``source`` to ``output`` in domain ``target``.

    A byte takes about six cycles of the slower clock.

    The byte waits in a register of the source until the target has taken it; only a toggle bit each way crosses the
    clocks. Both domains must be reset together.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        super().__init__({"input": In(stream.Signature(8)), "output": Out(stream.Signature(8))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        offered, offered_here = Signal(), Signal()
        taken, taken_here = Signal(), Signal()
        byte = Signal(8)
        m.submodules.forth = FFSynchronizer(offered, offered_here, o_domain=self.target)
        m.submodules.back = FFSynchronizer(taken, taken_here, o_domain=self.source)

        m.d.comb += self.input.ready.eq(offered == taken_here)
        with m.If(self.input.valid & self.input.ready):
            m.d[self.source] += [byte.eq(self.input.payload), offered.eq(~offered)]

        m.d.comb += [self.output.valid.eq(offered_here != taken), self.output.payload.eq(byte)]
        with m.If(self.output.valid & self.output.ready):
            m.d[self.target] += taken.eq(offered_here)
        return m
