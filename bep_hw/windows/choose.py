"""Which units step: the candidates of a sample, unit by unit, and how some of them are chosen."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.learning.gaps import xorshift
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout


class Draw(wiring.Component):
    """Selection ``draw``: with ``valid`` a candidate whose counters differ by ``difference`` draws a word.

    Candidates are ``near`` and have a difference that is not 0; one steps, ``chosen``, where the upper ``draw_bits``
    of the generator's next word are below the difference's magnitude. ``load`` sets the generator to ``seed``.
    """

    def __init__(self, layout: WindowLayout, draw_bits: int) -> None:
        self.layout, self.draw_bits = layout, draw_bits
        super().__init__(
            {
                "valid": In(1),
                "near": In(1),
                "difference": In(signed(layout.network.readout + 1)),
                "chosen": Out(1),
                "load": In(1),
                "seed": In(32),
                "state": Out(32, init=1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        following, drawn, candidate = Signal(32), Signal(self.draw_bits), Signal()
        m.d.comb += [
            following.eq(xorshift(self.state)),
            drawn.eq(following[32 - self.draw_bits :]),
            candidate.eq(self.valid & self.near & (self.difference != 0)),
            # both comparisons side by side are faster than a magnitude and one
            self.chosen.eq(
                candidate & Mux(self.difference[-1], (self.difference + drawn) < 0, self.difference > drawn)
            ),
        ]
        with m.If(self.load):
            m.d.sync += self.state.eq(self.seed)
        with m.Elif(candidate):
            m.d.sync += self.state.eq(following)
        return m


class Group(wiring.Component):
    """Selection ``group``: of every ``size`` units in a row the candidate of the largest difference steps.

    With ``valid`` a unit passes; ``ends`` is high with a sample's last one. ``chosen`` is high in the next cycle if a
    group with a candidate has ended; ``choice`` is the order of the one that steps.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        units = layout.network.units
        super().__init__(
            {
                "size": In(range(units + 1)),
                "valid": In(1),
                "ends": In(1),
                "near": In(1),
                "difference": In(signed(layout.network.readout + 1)),
                "order": In(order_layout(layout)),
                "chosen": Out(1),
                "choice": Out(order_layout(layout)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        passed, found, best = Signal.like(self.size), Signal(), Signal(len(self.difference))
        magnitude, candidate, better, ends = Signal.like(best), Signal(), Signal(), Signal()
        m.d.comb += [
            magnitude.eq(Mux(self.difference[-1], -self.difference, self.difference)),
            candidate.eq(self.near & (self.difference != 0)),
            better.eq(candidate & (~found | (magnitude > best))),
            ends.eq(self.ends | (passed == self.size - 1)),
        ]
        m.d.sync += self.chosen.eq(self.valid & ends & (found | candidate))
        with m.If(self.valid):
            m.d.sync += [passed.eq(Mux(ends, 0, passed + 1)), found.eq((found | candidate) & ~ends)]
            with m.If(better):
                m.d.sync += [best.eq(magnitude), self.choice.eq(self.order)]
        return m
