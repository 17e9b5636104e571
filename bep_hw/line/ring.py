"""The board's receive buffer."""

from amaranth.hdl import Module, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out


class Ring(wiring.Component):
    """A queue of bytes from ``input`` to ``output`` that never refuses one.

    Its writer must not let more than ``depth`` - 1 wait.

    ``depth`` is a power of two; a byte goes through in three cycles at least. If the writer breaks the rule bytes are
    lost, and the check sums of their frames tell.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        super().__init__({"input": In(stream.Signature(8)), "output": Out(stream.Signature(8))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.memory = store = memory.Memory(shape=8, depth=self.depth, init=[])
        write, read = store.write_port(), store.read_port()
        written, taken = Signal(range(self.depth)), Signal(range(self.depth))
        m.d.comb += [
            self.input.ready.eq(1),
            write.en.eq(self.input.valid),
            write.addr.eq(written),
            write.data.eq(self.input.payload),
            read.en.eq(1),
            read.addr.eq(taken),
        ]
        there = Signal()  # the next byte leaves the memory
        m.d.sync += written.eq(written + self.input.valid)
        m.d.sync += there.eq(~self.output.valid & ~there & (taken != written))
        with m.If(there):
            m.d.sync += [self.output.valid.eq(1), self.output.payload.eq(read.data), taken.eq(taken + 1)]
        with m.Elif(self.output.ready):
            m.d.sync += self.output.valid.eq(0)
        return m
