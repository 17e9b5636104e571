"""The best match of each kernel among the windows pooled in its place."""

from itertools import pairwise
from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.layout import WindowLayout


def match_layout(layout: WindowLayout) -> data.StructLayout:
    """A kernel's best match: how many bits agree, and which of the pooled windows it is."""
    geometry = layout.geometry
    return data.StructLayout({"agree": range(geometry.fan_in + 1), "pooled": range(geometry.pooled)})


class BestMatch(wiring.Component):
    """Words come in the order of `WindowSequencer`: all words of a window, then all of the next one.

    ``counts`` of a word's R rows come with ``valid``; ``opens`` with those of a place's first window, which begins
    anew. ``best`` follows in the next cycle: the largest count so far and its window, the first of equals.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        match = match_layout(layout)
        rows = layout.rows_per_word
        super().__init__(
            {
                "valid": In(1),
                "opens": In(1),
                "pooled": In(match["pooled"].shape),
                "counts": In(data.ArrayLayout(match["agree"].shape, rows)),
                "best": Out(data.ArrayLayout(match, rows)),
            }
        )

    def model(self, counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Best counts and their windows, both (words, rows), of a place's ``counts`` (pooled, words, rows)."""
        return counts.max(axis=0), counts.argmax(axis=0)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        match, words, rows = match_layout(layout), layout.region_words, layout.rows_per_word
        # the best so far of every word, in a ring that turns with the words; the newest is the output
        ring = [Signal(data.ArrayLayout(match, rows), name=f"best_{number}") for number in range(words - 1)]
        oldest = ring[-1] if ring else self.best
        with m.If(self.valid):
            for source, target in pairwise([self.best, *ring]):
                m.d.sync += target.eq(source)
            for row in range(rows):
                better = Signal(name=f"better{row}")
                m.d.comb += better.eq(self.opens | (self.counts[row] > oldest[row].agree))
                m.d.sync += self.best[row].eq(oldest[row])
                with m.If(better):
                    m.d.sync += [
                        self.best[row].agree.eq(self.counts[row]),
                        self.best[row].pooled.eq(self.pooled),
                    ]
        return m
