"""Walks through the kernels of all places, for the read-out."""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.windows.layout import WindowLayout


def pair_layout(layout: WindowLayout) -> data.StructLayout:
    """A kernel in a place: the ``number`` of its word of units in the sample, its ``row`` there, its ``word`` in the
    region, and the ``address`` of its read-out counters; and ``offset``, one of its units."""
    return data.StructLayout(
        {
            "number": range(layout.place_words),
            "row": range(layout.rows_per_word),
            "word": range(layout.region_words),
            "address": range(layout.pairs),
            "offset": range(len(layout.network.offsets)),
        }
    )


class PairWalk(wiring.Component):
    """The pair that comes next after every ``step``: place after place, in each kernel after kernel.

    With ``offsets`` every place is walked once for each of them, in the order of units; else ``offset`` is 0.
    ``ends_place`` and ``ends`` are high with the last step of a place and of a sample.
    """

    def __init__(self, layout: WindowLayout, offsets: bool) -> None:
        self.layout, self.offsets = layout, len(layout.network.offsets) if offsets else 1
        super().__init__({"step": In(1), "pair": Out(pair_layout(layout)), "ends_place": Out(1), "ends": Out(1)})

    def model(self) -> list[tuple[int, int, int, int, int]]:
        """``number``, ``row``, ``word``, ``address`` and ``offset`` of every step of a sample."""
        layout, kernels = self.layout, self.layout.geometry.kernels
        steps: list[Any] = []
        for place in range(layout.geometry.place_count):
            for offset in range(self.offsets):
                for kernel in range(kernels):
                    word, row = divmod(kernel, layout.rows_per_word)
                    steps.append((place * layout.region_words + word, row, word, place * kernels + kernel, offset))
        return steps

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, pair = self.layout, self.pair
        kernels, places = layout.geometry.kernels, layout.geometry.place_count
        kernel, place = Signal(range(kernels)), Signal(range(places))
        number, address = Signal.like(pair.number), Signal.like(pair.address)  # of the place's first pair
        ends_pass, ends_word = Signal(), Signal()
        m.d.comb += [
            ends_word.eq(pair.row == layout.rows_per_word - 1),
            ends_pass.eq(kernel == kernels - 1),
            self.ends_place.eq(ends_pass & (pair.offset == self.offsets - 1)),
            self.ends.eq(self.ends_place & (place == places - 1)),
        ]
        with m.If(self.step):
            m.d.sync += [
                kernel.eq(kernel + 1),
                pair.row.eq(Mux(ends_word, 0, pair.row + 1)),
                pair.word.eq(pair.word + ends_word),
                pair.number.eq(pair.number + ends_word),
                pair.address.eq(pair.address + 1),
            ]
            with m.If(ends_pass):
                m.d.sync += [kernel.eq(0), pair.row.eq(0), pair.word.eq(0), pair.offset.eq(pair.offset + 1)]
                m.d.sync += [pair.number.eq(number), pair.address.eq(address)]
            with m.If(self.ends_place):
                following = [pair.number + 1, pair.address + 1]
                m.d.sync += [pair.offset.eq(0), place.eq(place + 1)]
                m.d.sync += [pair.number.eq(following[0]), pair.address.eq(following[1])]
                m.d.sync += [number.eq(following[0]), address.eq(following[1])]
            with m.If(self.ends):
                m.d.sync += [place.eq(0), pair.number.eq(0), pair.address.eq(0), number.eq(0), address.eq(0)]
        return m
