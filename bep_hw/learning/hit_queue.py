"""Slices with hits, found while a mini-batch is being learned, waiting for its sweep."""

from amaranth.hdl import Module, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.learning import slice_layout
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout


class HitQueue(wiring.Component):
    """First in at ``input``, first out at ``output``, ``Machine.hits_ahead`` entries.

    ``holding`` is high while any is inside.

    Unlike a library's queue its memory needs no path around it from writes to reads, which with entries as wide as a
    slice was the ECP5's slowest: an entry is read a cycle after it was written at the earliest.
    """

    SHORT = 8
    """Up to so many entries are kept in flip-flops: a memory would take a whole block."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        shape = slice_layout(layout)
        super().__init__(
            {"input": In(stream.Signature(shape)), "output": Out(stream.Signature(shape)), "holding": Out(1)}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self.layout.machine.hits_ahead <= self.SHORT:
            m.submodules.short = short = ShiftQueue(self.input.payload.shape(), self.layout.machine.hits_ahead)
            wiring.connect(m, wiring.flipped(self.input), short.input)
            wiring.connect(m, short.output, wiring.flipped(self.output))
            m.d.comb += self.holding.eq(short.output.valid)
        else:
            self._memory(m)
        return m

    def _memory(self, m: Module) -> None:
        depth, shape = self.layout.machine.hits_ahead, slice_layout(self.layout)
        m.submodules.entries = entries = memory.Memory(shape=shape, depth=depth, init=[])
        write, read = entries.write_port(), entries.read_port()
        # the memory's enable and what leaves it are flip-flops' own
        m.submodules.entry, m.submodules.register = entry, register = StreamRegister(shape), StreamRegister(shape)
        wiring.connect(m, wiring.flipped(self.input), entry.input)
        wiring.connect(m, register.output, wiring.flipped(self.output))

        # counted modulo twice the depth; ``written`` lags a cycle behind ``tail``
        head, tail, written = Signal(range(2 * depth)), Signal(range(2 * depth)), Signal(range(2 * depth))
        fetched, moves, fetch = Signal(), Signal(), Signal()
        m.d.comb += [
            entry.output.ready.eq((head ^ tail) != depth),
            write.en.eq(entry.output.valid & entry.output.ready),
            write.addr.eq(tail),
            write.data.eq(entry.output.payload),
            moves.eq(fetched & register.input.ready),
            fetch.eq((head != written) & (~fetched | moves)),
            read.en.eq(fetch),
            read.addr.eq(head),
            register.input.valid.eq(fetched),
            register.input.payload.eq(read.data),
            self.holding.eq(entry.holding | (head != tail) | fetched | register.holding),
        ]
        m.d.sync += [tail.eq(tail + write.en), written.eq(tail), head.eq(head + fetch)]
        with m.If(fetch | moves):
            m.d.sync += fetched.eq(fetch)
