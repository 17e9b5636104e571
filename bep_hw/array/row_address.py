"""From a row that is issued to its address in the visible plane."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.learning import ListRead
from bep_hw.parts.delayed import delayed
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass


class RowAddress(wiring.Component):
    """Rows are numbered, or named by the class or by the list of gated rows.

    ``address`` comes `DELAY` cycles after a row was issued, and with it what else is known of the row.
    """

    DELAY = 3
    """Cycles from a row's issue to its address."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        index = range(len(program))
        super().__init__(
            {
                # of the row issued, see `Sequencer`
                "valid": In(1),  # a row is issued
                "index": In(index),  # of its pass
                "first": In(1),  # it is the pass's first one
                "last": In(1),  # it is the pass's last one
                "number": In(range(max(place.rows for place in layout.layers))),  # counts the rows of the pass
                "step": In(range(layout.steps)),  # of a sequence
                "label": In(range(layout.network.classes)),  # of the sample classified
                "gated": Out(ListRead(layout)),
                "address": Out(range(layout.plane_depth)),
                # with ``address``: the same of its row
                "addressed": Out(1),  # ``valid``
                "addressed_index": Out(index),  # ``index``
                "addressed_first": Out(1),  # ``first``
                "addressed_last": Out(1),  # ``last``
                "forward": Out(1),  # the pass is a FORWARD one
                "error": Out(1, init=1),  # of another one: the row's error, +1 as 1
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program = self.layout, self.program
        # first cycle: the list of gated rows is asked
        list_base = [layout.layers[item.layer].list_base if item.kind is Kind.BACKWARD else 0 for item in program]
        listed = [int(item.kind is Kind.BACKWARD) for item in program]
        m.d.comb += [
            self.gated.valid.eq(self.valid & lookup(m, listed, self.index)),
            self.gated.address.eq(lookup(m, list_base, self.index) + self.number),
        ]
        if layout.recurrent:
            # a state's rows are in one of two lists by turns
            of_state = [item.kind is Kind.BACKWARD and layout.layers[item.layer].neuron_layer == 0 for item in program]
            with m.If(lookup(m, of_state, self.index) & self.step[:1]):
                m.d.comb += self.gated.address.eq(layout.network.widths[0] + self.number)
        # second cycle: the row
        index, number = delayed(m, self.index, 1), delayed(m, self.number, 1)
        row, error = Signal(range(max(place.rows for place in layout.layers))), Signal(init=1)
        kind = Signal(Kind)
        m.d.comb += kind.eq(lookup(m, [int(item.kind) for item in program], index))
        with m.Switch(kind):
            with m.Case(Kind.FORWARD):
                m.d.comb += row.eq(number)
            with m.Case(Kind.TARGET):
                m.d.comb += [row.eq(self.label), error.eq(1)]
            with m.Case(Kind.BACKWARD):
                m.d.comb += [row.eq(self.gated.row), error.eq(self.gated.target)]
        # third cycle: the word's address
        base = lookup(m, [item.plane_base for item in program], delayed(m, index, 1))
        m.d.sync += self.address.eq(base + delayed(m, row, 1))
        m.d.comb += [
            self.addressed.eq(delayed(m, self.valid, self.DELAY)),
            self.addressed_index.eq(delayed(m, index, self.DELAY - 1)),
            self.addressed_first.eq(delayed(m, self.first, self.DELAY)),
            self.addressed_last.eq(delayed(m, self.last, self.DELAY)),
            self.forward.eq(lookup(m, [int(item.kind is Kind.FORWARD) for item in program], self.addressed_index)),
            self.error.eq(delayed(m, error, self.DELAY - 1)),
        ]
        return m
