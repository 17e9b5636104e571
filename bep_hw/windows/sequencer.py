"""Issues the words that each window is compared with: place outer, then pooled window, then word."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.places import Places


class WindowSequencer(wiring.Component):
    """One word per cycle; the first one of a window waits until the window is ``full``.

    A sample starts when one is ``available``; ``started`` is high in that cycle. With ``valid``, ``address`` is the
    word's in the visible plane; ``first`` is high with the first word of a window, ``opens`` with all words of the
    first window pooled in a place, ``closes`` with those of the last one.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        super().__init__(
            {
                "available": In(1),
                "started": Out(1),
                "full": In(1),
                "valid": Out(1),
                "address": Out(range(layout.plane_depth)),
                "first": Out(1),
                "opens": Out(1),
                "closes": Out(1),
                "pooled": Out(range(layout.geometry.pooled)),
            }
        )

    def model(self) -> list[tuple[int, int]]:
        """``address`` and ``pooled`` of every word of a sample, in order."""
        return [
            (word + number, pooled)
            for _, word in Places(self.layout).model()
            for pooled in range(self.layout.geometry.pooled)
            for number in range(self.layout.region_words)
        ]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words, pooled = self.layout.region_words, self.layout.geometry.pooled
        m.submodules.places = places = Places(self.layout)
        running, word = Signal(), Signal(range(words))
        ends_window, ends_sample = Signal(), Signal()
        m.d.comb += [
            self.first.eq(word == 0),
            self.valid.eq(running & (~self.first | self.full)),
            self.opens.eq(self.pooled == 0),
            self.closes.eq(self.pooled == pooled - 1),
            self.address.eq(places.word + word),
            ends_window.eq(self.valid & (word == words - 1)),
            places.step.eq(ends_window & self.closes),
            ends_sample.eq(places.step & places.last),
            # the next sample follows without a pause
            self.started.eq(self.available & (~running | ends_sample)),
        ]
        with m.If(self.valid):
            m.d.sync += word.eq(Mux(ends_window, 0, word + 1))
        with m.If(ends_window):
            m.d.sync += self.pooled.eq(Mux(self.closes, 0, self.pooled + 1))
        with m.If(ends_sample):
            m.d.sync += running.eq(0)
        with m.If(self.started):
            m.d.sync += running.eq(1)
        return m
