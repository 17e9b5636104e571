"""Classification and trigger: the largest logit, and whether the right class leads by less than the margin (Eq. 1)."""

from typing import Any

import numpy as np
from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.plan.layout import Layout


class Decision(wiring.Component):
    """Reads the classifier's popcounts in class order.

    The lead of the right class is ``2 (p_c - p_other)``, so ``margin`` is half the threshold, rounded up. ``decided``
    is high for one cycle.
    """

    DELAY = 2
    """Cycles from the last class to ``decided``."""

    def __init__(self, layout: Layout) -> None:
        classes, width = layout.network.classes, layout.classified_width
        super().__init__(
            {
                "valid": In(1),  # a class's popcount
                "final": In(1),  # of the last class
                "row": In(range(classes)),  # number of the class
                "agree": In(range(width + 1)),  # its popcount
                "label": In(range(classes)),  # the right class
                "train": In(1),  # the sample is one to learn from
                "margin": In(range(width + 2)),
                "decided": Out(1),
                "prediction": Out(range(classes)),  # first of the largest, with ``decided``
                "triggered": Out(1),  # the sample is to be learned, with ``decided``
            }
        )

    def model(
        self, agree: NDArray[Any], label: NDArray[Any], train: NDArray[Any], margin: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Predictions (n,) and triggers (n,) of ``agree`` (n, classes), ``label`` (n,) and ``train`` (n,)."""
        own = agree[np.arange(len(agree)), label]
        others = np.where(np.arange(agree.shape[1]) == label[:, None], 0, agree).max(axis=1)
        return agree.argmax(axis=1), (train == 1) & (own - others < margin)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        best, own, other = Signal.like(self.agree), Signal.like(self.agree), Signal.like(self.agree)
        complete = Signal()
        start = self.row == 0
        m.d.sync += complete.eq(self.valid & self.final)
        with m.If(self.valid):
            with m.If(start | (self.agree > best)):
                m.d.sync += [best.eq(self.agree), self.prediction.eq(self.row)]
            with m.If(self.row == self.label):
                m.d.sync += own.eq(self.agree)
                with m.If(start):
                    m.d.sync += other.eq(0)
            with m.Elif(start | (self.agree > other)):
                m.d.sync += other.eq(self.agree)
        lead = Signal(range(-(1 << len(self.agree)), 1 << len(self.agree)))
        m.d.comb += lead.eq(own - other)
        below = Mux(lead < 0, 1, lead.as_unsigned() < self.margin)
        m.d.sync += self.decided.eq(complete)
        with m.If(complete):
            m.d.sync += self.triggered.eq(self.train & below)
        return m
