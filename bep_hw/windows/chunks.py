"""The inputs of an order: a window's bits in chunks of N, as the update engine steps counters."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.image import ImageMemory
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.reader import WindowReader, corner_layout


class WindowChunks(wiring.Component):
    """``chunks`` of one window of ``requests`` after the other, the first bit lowest; the last one is padded.

    Reads of the image memory come with any width, chunks leave with another: bits wait in between, less than a chunk
    of them while the next read enters.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        self.reader = WindowReader(layout)
        super().__init__(
            {
                "requests": In(stream.Signature(corner_layout(layout))),
                # the image memory's port
                "ask": Out(1),
                "granted": In(1),
                "slot": Out(self.reader.slot.shape()),
                "position": Out(self.reader.position.shape()),
                "read": In(self.reader.read.shape()),
                "chunks": Out(stream.Signature(layout.machine.update_lanes)),
            }
        )

    def model(self, window: NDArray[Any]) -> list[int]:
        """Chunks of a window's bits (K,)."""
        lanes = self.layout.machine.update_lanes
        padded = np.zeros(-(-len(window) // lanes) * lanes, dtype=int)
        padded[: len(window)] = window
        return [sum(int(bit) << number for number, bit in enumerate(chunk)) for chunk in padded.reshape(-1, lanes)]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, lanes = self.layout, self.layout.machine.update_lanes
        taken = layout.taken * layout.geometry.shape[2]
        m.submodules.reader = reader = self.reader
        wiring.connect(m, wiring.flipped(self.requests), reader.requests)
        # what was read waits for its turn: a place for every read on its way, and one
        places = ImageMemory.DELAY + 1
        queue = [Signal(taken + 1, name=f"queued_{number}", reset_less=True) for number in range(places)]
        queued, promised = Signal(range(places + 1)), Signal(range(places + 1))
        enters, leaves = Signal(), Signal()
        m.d.comb += [
            reader.wanted.eq(promised != places),
            reader.granted.eq(self.granted),
            reader.read.eq(self.read),
            self.ask.eq(reader.ask),
            self.slot.eq(reader.slot),
            self.position.eq(reader.position),
            enters.eq(reader.valid),
        ]
        m.d.sync += [
            promised.eq(promised + (reader.ask & self.granted) - leaves),
            queued.eq(queued + enters - leaves),
        ]
        with m.If(enters):
            m.d.sync += Cat(queue).eq(Cat(Cat(reader.bits, reader.last), *queue[:-1]))
        oldest = Signal(taken + 1)
        with m.Switch(queued):
            for number in range(1, places + 1):
                with m.Case(number):
                    m.d.comb += oldest.eq(queue[number - 1])

        # bits that wait: a chunk leaves from the bottom, a read enters above what is left
        step = int(np.gcd(taken, lanes))
        bits, held, final = Signal(lanes + taken - step), Signal(range(lanes + taken)), Signal()
        fill = Signal()
        m.d.comb += [
            self.chunks.valid.eq((held >= lanes) | (final & (held != 0))),
            self.chunks.payload.eq(bits[:lanes]),
            fill.eq((held < lanes) & ~final & (queued != 0)),
            leaves.eq(fill),
        ]
        with m.If(fill):
            m.d.sync += [held.eq(held + taken), final.eq(oldest[-1])]
            with m.Switch(held):
                for start in range(0, lanes, step):
                    with m.Case(start):
                        m.d.sync += bits.eq(Cat(bits[:start], oldest[:taken]))
        with m.Elif(self.chunks.valid & self.chunks.ready):
            m.d.sync += [bits.eq(bits >> lanes), held.eq(held - lanes)]
            with m.If(held <= lanes):
                m.d.sync += [held.eq(0), final.eq(0)]
        return m
