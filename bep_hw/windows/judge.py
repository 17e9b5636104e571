"""From scores to the prediction, the rival of the right class, and whether the sample learns."""

from typing import Any

import numpy as np
from amaranth.hdl import Array, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.samples import label_shape
from bep_hw.windows.scores import score_shape


class Judge(wiring.Component):
    """Looks at one score per cycle from ``start`` on; ``done`` is high for a cycle when the answer is there.

    The answer stays until the next ``start``: ``prediction``, the class of the largest score, ``rival``, that of the
    largest score but ``label``'s, each the lowest number of equals; ``learns``: ``label`` leads by ``margin`` at most.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        score, label = score_shape(layout), label_shape(layout)
        super().__init__(
            {
                "start": In(1),
                "scores": In(data.ArrayLayout(score, layout.network.classes)),
                "label": In(label),
                "margin": In(score.width - 1),
                "done": Out(1),
                "prediction": Out(label),
                "rival": Out(label),
                "learns": Out(1),
            }
        )

    def model(self, scores: NDArray[Any], label: int, margin: int) -> tuple[int, int, bool]:
        """``prediction``, ``rival`` and ``learns`` of ``scores`` (C,)."""
        others = np.where(np.arange(len(scores)) == label, np.iinfo(np.int64).min, scores)
        rival = int(others.argmax())
        return int(scores.argmax()), rival, bool(scores[label] - scores[rival] <= margin)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        classes = self.layout.network.classes
        score = score_shape(self.layout)
        number, looking, ended, weighed = Signal(range(classes)), Signal(), Signal(), Signal()
        here, right, best = Signal(score), Signal(score), Signal(score)
        lead = Signal(signed(score.width + 1))
        found = Signal()  # a first one of the other classes
        m.d.comb += here.eq(Array(self.scores)[number])
        m.d.sync += [ended.eq(0), weighed.eq(ended), self.done.eq(weighed)]
        with m.If(self.start):
            m.d.sync += [looking.eq(1), number.eq(0), found.eq(0)]
        with m.Elif(looking):
            m.d.sync += number.eq(number + 1)
            with m.If(number == self.label):
                m.d.sync += right.eq(here)
            with m.Elif(~found | (here > best)):
                m.d.sync += [best.eq(here), self.rival.eq(number), found.eq(1)]
            with m.If(number == classes - 1):
                m.d.sync += [looking.eq(0), ended.eq(1)]
        m.d.sync += lead.eq(right - best)
        with m.If(weighed):
            leads = (lead > 0) | ((lead == 0) & (self.label < self.rival))
            m.d.sync += [
                self.prediction.eq(Mux(leads, self.label, self.rival)),
                self.learns.eq(lead <= self.margin),
            ]
        return m
