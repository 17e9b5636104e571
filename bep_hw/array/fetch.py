"""Input words for the first layer: shifted in chunk by chunk while the passes before are running."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.samples import ChunkRead
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Pass


class InputFetch(wiring.Component):
    """Walks the words of one sample after the other, as soon as samples are ``complete`` (counted like the loader's).

    ``full`` says that ``word`` is the next one; ``take`` promises that it will be used, and ``swap``, in the cycle in
    which it is copied, makes room for the next. Of a recurrent network these are the words of steps 0 to ``last_step``;
    ``begins`` says that the word is a sample's first.
    """

    DELAY = 2
    """Cycles from the last chunk asked for to a full word."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout = layout
        self.passes = [item for item in program if item.inputs]
        machine = layout.machine
        super().__init__(
            {
                "complete": In(range(2 * machine.slots)),
                "last_step": In(range(layout.steps)),
                "read": Out(ChunkRead(layout, layout.input_chunks)),
                "full": Out(1),
                "begins": Out(1),  # with ``full``
                "word": Out(machine.lanes, init=-1),  # padded with ones, the first input lowest
                "take": In(1),
                "swap": In(1),
            }
        )

    def model(self, bits: NDArray[Any]) -> NDArray[Any]:
        """Words (words, lanes) of bits of one sample, from its input bits (fan-in,)."""
        place = self.layout.layers[0]
        words = np.ones((place.words, self.layout.machine.lanes), dtype=int)
        start = place.first_column * self.layout.column
        words.flat[start : start + place.fan_in] = bits
        return words

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, machine = self.layout, self.layout.machine
        chunk, slots = machine.update_lanes, machine.slots
        place = layout.layers[0]
        word_chunks = machine.lanes // chunk

        sample = Signal(range(2 * slots))  # the sample being fetched
        source = Signal(range(place.words * word_chunks + 1))
        index = Signal(range(len(self.passes)))
        filled = Signal(range(word_chunks + 1))
        slot, step = sample[: (slots - 1).bit_length()], Signal.like(self.last_step)
        taken, shifting, padding = Signal(), Signal(), Signal()
        exists, done = Signal(), Signal()
        m.d.comb += [
            # ahead of the sample there are at most as many complete ones as slots
            exists.eq(sample != self.complete),
            done.eq(filled == lookup(m, [item.chunks for item in self.passes], index)),
            self.read.address.eq((slot * layout.steps + step) * layout.input_chunks + source),
            self.begins.eq((index == 0) & (step == 0)),
        ]
        m.d.sync += [shifting.eq(0), self.full.eq(done & ~shifting & ~taken & ~self.take)]
        with m.If(~done & exists & ~taken):
            m.d.sync += [
                filled.eq(filled + 1),
                source.eq(source + 1),
                shifting.eq(1),
                padding.eq(source >= place.chunks),
            ]
        with m.If(shifting):
            m.d.sync += self.word.eq(Cat(self.word[chunk:], Mux(padding, Const(-1, chunk), self.read.data)))
        with m.If(self.take):
            m.d.sync += taken.eq(1)
        with m.If(self.swap):
            m.d.sync += [self.word.eq(-1), taken.eq(0), filled.eq(0), index.eq(index + 1)]
            with m.If(index == len(self.passes) - 1):
                m.d.sync += [index.eq(0), source.eq(0), step.eq(step + 1)]
                with m.If(step == self.last_step):
                    m.d.sync += [step.eq(0), sample.eq(sample + 1)]
        return m
