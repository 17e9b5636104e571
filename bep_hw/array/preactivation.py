"""From popcounts to pre-activations: partial sums over a row's words, then z = 2p - K and its sign."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass


class PreActivation(wiring.Component):
    """Sums the popcounts of a row's words in a narrow RAM, one row a cycle.

    Timing: ``valid``, ``index`` (of the pass) and ``first`` (its first row) come `AHEAD` cycles before ``count``, and
    outputs `DELAY` cycles after them. A row of the same layer must not come back within three cycles.

    Outputs: ``done`` marks a completed row: its ``row`` number, ``layer`` of neurons, ``agree`` (p), ``magnitude`` |z|
    and ``negative``; ``final`` marks the layer's last row.
    """

    MINIMUM_ROWS = 4
    """Cycles of a pass of fewer rows: a row's sum is back in its memory before the row comes again."""
    AHEAD = 2
    """Cycles from a row's announcement to its count."""
    DELAY = 4
    """Cycles from a row's announcement to its pre-activation."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        widest = max(place.total for place in layout.layers)
        rows = max(place.rows for place in layout.layers)
        super().__init__(
            {
                "valid": In(1),
                "index": In(range(len(program))),
                "first": In(1),
                "count": In(range(layout.machine.lanes + 1)),
                "done": Out(1),
                "final": Out(1),
                "layer": Out(range(layout.logit_layer + 1)),
                "row": Out(range(rows)),
                "agree": Out(range(widest + 1)),
                "magnitude": Out(range(widest + 1)),
                "negative": Out(1),
            }
        )

    def model(self, counts: NDArray[Any], fan_in: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """``agree`` (rows,) and z (rows,) of the popcounts (words, rows) of a layer."""
        agree = counts.sum(axis=0)
        return agree, 2 * agree - fan_in

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program = self.layout, self.program

        places = [layout.layers[item.layer] for item in program]
        # cycle 0: the row's number
        following, row = Signal.like(self.row), Signal.like(self.row)
        with m.If(~self.first):
            m.d.comb += row.eq(following)
        with m.If(self.valid):
            m.d.sync += following.eq(row + 1)
        # cycle 1: the sum so far leaves the RAM, and is registered before anything is added
        valid1, index1, row1 = Signal(), Signal.like(self.index), Signal.like(self.row)
        m.d.sync += [valid1.eq(self.valid), index1.eq(self.index), row1.eq(row)]
        # cycle 2: the count
        valid2, index2, row2 = Signal(), Signal.like(self.index), Signal.like(self.row)
        sum_so_far = Signal.like(self.agree)
        m.d.sync += [valid2.eq(valid1), index2.eq(index1), row2.eq(row1)]
        # cycle 3: the sum, back into the RAM or complete
        valid3, index3, row3, total = Signal(), Signal.like(self.index), Signal.like(self.row), Signal.like(self.agree)
        m.d.sync += [valid3.eq(valid2), index3.eq(index2), row3.eq(row2), total.eq(self.count + sum_so_far)]
        last = lookup(m, [item.last for item in program], index3)
        if any(item.kind is Kind.FORWARD and not item.last for item in program):
            sums = memory.Memory(shape=len(self.agree), depth=layout.rows_depth, init=[])
            m.submodules.sums = sums
            read, write = sums.read_port(), sums.write_port()
            m.d.comb += [
                read.en.eq(1),
                read.addr.eq(lookup(m, [place.row_base for place in places], self.index) + row),
                write.en.eq(valid3 & ~last),
                write.addr.eq(lookup(m, [place.row_base for place in places], index3) + row3),
                write.data.eq(total),
            ]
            with m.If(~lookup(m, [item.first for item in program], index1)):
                m.d.sync += sum_so_far.eq(read.data)
            with m.Else():
                m.d.sync += sum_so_far.eq(0)
        # cycle 4: z = 2p - K
        fan_in = lookup(m, [place.total for place in places], index3)
        z = Signal(len(self.agree) + 2)
        m.d.sync += [
            z.eq((total << 1) - fan_in),
            self.done.eq(valid3 & last),
            self.final.eq(row3 == lookup(m, [place.rows - 1 for place in places], index3)),
            self.layer.eq(lookup(m, [item.neuron_layer for item in program], index3)),
            self.row.eq(row3),
            self.agree.eq(total),
        ]
        m.d.comb += [self.negative.eq(z[-1]), self.magnitude.eq(z)]
        with m.If(z[-1]):
            m.d.comb += self.magnitude.eq(-z)
        return m
