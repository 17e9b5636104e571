"""Reinforcement as the update engine sees it: slices with hits, in the order of the sweep."""

from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.host import Seed
from bep_hw.interfaces.learning import Hits, ThresholdRead
from bep_hw.learning.gaps import GapWalker
from bep_hw.learning.hit_queue import HitQueue
from bep_hw.learning.hit_slices import HitSlices
from bep_hw.plan.layout import Layout


class Reinforcement(wiring.Component):
    """The walk, which draws hits, what gathers them to slices, and a queue of slices if ``Machine.hits_ahead``."""

    AHEAD = 2
    """Hits that are drawn beside those in the queue: one that is gathered, one that the walk offers."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "hits": In(Hits(layout)),
                "seed": In(Seed()),
                "thresholds": Out(ThresholdRead(layout)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.walker = walker = GapWalker(self.layout)
        m.submodules.slices = slices = HitSlices(self.layout)
        wiring.connect(m, wiring.flipped(self.seed), walker.seed)
        wiring.connect(m, walker.thresholds, wiring.flipped(self.thresholds))
        wiring.connect(m, walker.hits, slices.hits)
        m.d.comb += [walker.start.eq(self.hits.start), slices.walking.eq(walker.busy)]
        if not self.layout.machine.hits_ahead:
            wiring.connect(m, slices.slices, wiring.flipped(self.hits.slices))
            m.d.comb += [self.hits.found.eq(slices.found), self.hits.walking.eq(walker.busy | slices.found)]
            return m
        m.submodules.queue = queue = HitQueue(self.layout)
        wiring.connect(m, slices.slices, queue.input)
        wiring.connect(m, queue.output, wiring.flipped(self.hits.slices))
        m.d.comb += [
            self.hits.found.eq(queue.output.valid),
            self.hits.walking.eq(walker.busy | slices.found | queue.holding),
        ]
        return m
