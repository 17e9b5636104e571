"""Time-summed stabilities of a recurrent state: how far from right a neuron is, over all steps of a sequence."""

from typing import Any

import numpy as np
from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.plan.layout import Layout


class Stability(wiring.Component):
    """Adds s*_t z_t of a row to its sum (arXiv 2512.04189, Sec. 3.5): +|z| where the sign is right, else -|z|.

    ``asked`` is the row whose sum will be needed two cycles later, then as ``row`` on ``valid``, with ``magnitude``
    |z| and whether it is ``wrong``; a ``fresh`` sum begins with it. Another cycle later ``size`` is the magnitude of
    the sum and ``negative`` its sign. Without ``valid`` the same comes out, and nothing is kept.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        row, most = range(max(layout.network.widths)), max(layout.network.fan_in)
        super().__init__(
            {
                "asked": In(row),  # row whose sum will be needed
                "valid": In(1),  # two cycles later: keep the sum
                "fresh": In(1),  # the sum begins with this row
                "row": In(row),  # what was asked for two cycles before
                "wrong": In(1),
                "magnitude": In(range(most + 1)),  # |z|
                "size": Out(range(layout.steps * most + 1)),
                "negative": Out(1),
            }
        )

    def model(self, wrong: NDArray[Any], magnitude: NDArray[Any]) -> NDArray[Any]:
        """Sums (rows,) behind the last of the steps ``wrong`` (T, rows) and ``magnitude`` (T, rows)."""
        return np.where(wrong, -magnitude, magnitude).sum(axis=0)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        shape = signed(len(self.size) + 1)
        m.submodules.sums = sums = memory.Memory(shape=shape, depth=self.layout.network.widths[0], init=[])
        write, read = sums.write_port(), sums.read_port()
        before, total, kept = Signal(shape), Signal(shape), Signal(shape)
        m.d.comb += [
            read.en.eq(1),
            read.addr.eq(self.asked),
            total.eq(Mux(self.fresh, 0, before) + Mux(self.wrong, -self.magnitude, self.magnitude)),
            write.en.eq(self.valid),
            write.addr.eq(self.row),
            write.data.eq(total),
            self.negative.eq(kept < 0),
            self.size.eq(Mux(kept < 0, -kept, kept)),
        ]
        m.d.sync += [before.eq(read.data), kept.eq(total)]
        return m
