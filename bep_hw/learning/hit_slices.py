"""Gathers reinforcement hits that fall into the same slice of the hidden plane, so that a sweep meets them at once."""

from typing import Any

import numpy as np
from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.learning import hit_layout, slice_layout
from bep_hw.plan.layout import Layout


class HitSlices(wiring.Component):
    """Hits in, slices out. A slice is valid when a hit elsewhere or the end of the walk shows that it is complete.

    ``found`` is high as soon as its address is there. ``walking`` announces further hits.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "walking": In(1),
                "hits": In(stream.Signature(hit_layout(layout))),
                "slices": Out(stream.Signature(slice_layout(layout))),  # in the order of the hits
                "found": Out(1),
            }
        )

    def model(self, hits: NDArray[Any]) -> list[tuple[int, int]]:
        """Slices (address, mask) in order, of ``hits`` (n, 2) in order: (address, lane) each."""
        masks: dict[int, int] = {}
        for address, lane in np.asarray(hits).tolist():
            masks[address] = masks.get(address, 0) | 1 << lane
        return list(masks.items())

    def elaborate(self, platform: object) -> Module:
        m = Module()
        gathered, hit = self.slices.payload, self.hits.payload
        same = Signal()
        m.d.comb += [
            same.eq(self.found & (hit.address == gathered.address)),
            self.slices.valid.eq(self.found & ~(self.hits.valid & same) & (self.hits.valid | ~self.walking)),
            self.hits.ready.eq(~self.found | same),
        ]
        with m.If(self.slices.valid & self.slices.ready):
            m.d.sync += [self.found.eq(0), gathered.mask.eq(0)]
        with m.If(self.hits.valid & self.hits.ready):
            m.d.sync += [self.found.eq(1), gathered.address.eq(hit.address)]
            m.d.sync += gathered.mask.bit_select(hit.lane, 1).eq(1)
        return m
