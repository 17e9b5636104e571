"""Input words for the forward passes: shifted in chunk by chunk while the pass before is running."""

from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.program import Kind, Pass


class InputFetch(wiring.Component):
    """Walks the program's forward passes ahead of the sequencer.

    The next word fills behind ``word``; when ``full`` the sequencer may issue the pass (``take``), and ``swap``, in the
    cycle in which the pass's first row is read, makes it the current one. Chunks are read as soon as they
    exist: inputs when loaded, activations when written (``ready_chunks``).
    """

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout = layout
        self.passes = [item for item in program if item.kind is Kind.FORWARD]
        machine = layout.machine
        super().__init__(
            {
                "begun": In(range(2 * machine.slots)),
                "loaded": In(range(layout.layers[0].chunks + 1)),
                "ready_chunks": In(range(max(place.chunks for place in layout.layers) + 1)),
                "address": Out(range(machine.slots * layout.slot_chunks)),
                "data": In(machine.update_lanes),
                "take": In(1),
                "swap": In(1),
                "full": Out(1),
                "word": Out(machine.lanes),
            }
        )

    def model(self, inputs: list[NDArray[Any]]) -> NDArray[Any]:
        """Words (passes, lanes) of bits of one sample, from the bits (fan-in,) that each layer reads."""
        words = []
        for place, bits in zip(self.layout.layers, inputs, strict=True):
            row = np.ones((place.words, self.layout.machine.lanes), dtype=int)
            start = place.first_column * self.layout.column
            row.flat[start : start + place.fan_in] = bits
            words.append(row)
        return np.concatenate(words)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, machine, passes = self.layout, self.layout.machine, self.passes
        chunk, slots = machine.update_lanes, machine.slots
        places = [layout.layers[item.layer] for item in passes]
        index = Signal(range(len(passes)))

        count = lookup(m, [item.chunks for item in passes], index)
        source_base = lookup(m, [place.source_base for place in places], index)
        chunks = lookup(m, [place.chunks for place in places], index)
        inputs = lookup(m, [item.layer == 0 for item in passes], index)

        sample = Signal(range(2 * slots))  # the sample being fetched, counted like the loader counts
        source = Signal(range(max(place.stored_chunks for place in layout.layers) + 1))
        filled = Signal(range(max(item.chunks for item in passes) + 1))
        taken, shifting, padding = Signal(), Signal(), Signal()
        following = Signal(machine.lanes, init=-1)

        done = Signal()
        pad = Signal()
        exists = Signal()
        m.d.comb += [
            done.eq(filled == count),
            pad.eq(source >= chunks),
            self.full.eq(done & ~shifting & ~taken),
            self.address.eq((sample[: (slots - 1).bit_length()] * layout.slot_chunks) + (source_base + source)),
        ]
        with m.If(inputs):
            # an older sample than the one begun last is complete
            newest = (sample + 1)[: len(sample)] == self.begun
            m.d.comb += exists.eq((sample != self.begun) & (~newest | (source < self.loaded) | pad))
        with m.Else():
            m.d.comb += exists.eq((source < self.ready_chunks) | (pad & (self.ready_chunks == chunks)))
        m.d.sync += shifting.eq(0)
        with m.If(~done & exists & ~taken):
            m.d.sync += [filled.eq(filled + 1), source.eq(source + 1), shifting.eq(1), padding.eq(pad)]
        with m.If(shifting):
            incoming = Mux(padding, Const(-1, chunk), self.data)
            m.d.sync += following.eq(Cat(following[chunk:], incoming))
        with m.If(self.take):
            m.d.sync += taken.eq(1)
        with m.If(self.swap):
            m.d.sync += [
                self.word.eq(following),
                following.eq(-1),
                taken.eq(0),
                filled.eq(0),
                index.eq(index + 1),
            ]
            following_first = Array(Const(int(item.first), 1) for item in passes[1:] + passes[:1])[index]
            with m.If(following_first):
                m.d.sync += source.eq(0)
            with m.If(index == len(passes) - 1):
                m.d.sync += [index.eq(0), sample.eq(sample + 1)]
        return m
