"""The word that the rows of a forward pass are compared with: inputs, or activations of the layer below."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.parts.delayed import delayed
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass


class Operand(wiring.Component):
    """``word`` changes when the weights of a forward pass's first row are there."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        lanes = layout.machine.lanes
        super().__init__(
            {
                "first": In(1),  # the first row of a forward pass is addressed
                "index": In(range(len(program))),  # of the pass addressed
                "inputs": In(lanes),  # the next word of inputs
                "activations": In(max(layout.network.widths)),  # of the layer below, the last neuron highest
                "swap": Out(1),  # the word of inputs is copied, and free for the next one
                "word": Out(lanes),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, program, lanes = self.layout, self.program, self.layout.machine.lanes
        wait = VisiblePlane.delay_of(layout) - 1
        swap, index = delayed(m, self.first, wait), delayed(m, self.index, wait)
        inputs = lookup(m, [int(item.inputs) for item in program], index)
        m.d.comb += self.swap.eq(swap & inputs)
        # words of activations, padded with ones in front and behind
        ones = Const(-1, lanes)
        padded = Cat(ones, self.activations, ones)
        lane_starts = [
            layout.activation_lane(item.layer, item.word) + lanes
            if item.kind is Kind.FORWARD and not item.inputs
            else 0
            for item in program
        ]
        activations = Signal(lanes)
        different = sorted(set(lane_starts) - {0})
        with m.Switch(lookup(m, lane_starts, index)):
            for start in different:
                with m.Case(start) if start != different[-1] else m.Default():
                    m.d.comb += activations.eq(padded[start:])
        word = Signal(lanes, reset_less=True)
        with m.If(swap):
            m.d.sync += word.eq(Mux(inputs, self.inputs, activations))
        m.d.comb += self.word.eq(word)
        return m
