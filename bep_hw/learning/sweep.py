"""The order of a sweep: every slice of the hidden plane, each with the lanes that reinforcement hits there."""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data

from bep_hw.plan.layouts import AnyLayout


class Sweep:
    """The slice that a commit reads next, as a part of the update engine.

    Signals: ``address`` of the slice and ``masks`` of the lanes hit, one per bank, while ``ready``, until ``taken``;
    ``over`` after the last slice. They are separate signals because Verilog simulators may evaluate vectors wrongly
    whose bits depend on each other.
    """

    def __init__(self, layout: AnyLayout) -> None:
        self.layout = layout
        self.address = Signal(range(layout.bank_depth + 1))
        self.masks = Signal(data.ArrayLayout(layout.machine.update_lanes, layout.banks))
        self.ready, self.taken, self.over = Signal(), Signal(), Signal()

    def drive(self, m: Module, start: Signal, reinforce: Signal, hits: Any) -> None:
        """Add the sweep to ``m``: it begins on ``start`` and takes slices from ``hits`` (`Hits`) if ``reinforce``.

        A slice is ready when the next hit is known to lie further on.
        """
        address, hit, here = self.address, hits.slices.payload, Signal()
        m.d.comb += [
            here.eq(reinforce & hits.found & (hit.address == address)),
            self.masks.eq(hit.mask & here.replicate(self.layout.slice_lanes)),
            self.ready.eq(~self.over & Mux(here, hits.slices.valid, ~reinforce | hits.found | ~hits.walking)),
            hits.slices.ready.eq(here & self.taken),
        ]
        with m.If(start):
            m.d.sync += [address.eq(0), self.over.eq(0)]
        with m.Elif(self.taken):
            m.d.sync += [address.eq(address + 1), self.over.eq(address == self.layout.bank_depth - 1)]
