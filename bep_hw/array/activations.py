"""A hidden layer's activations: the next layer's input, and chunks for the update engine."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Const, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout


class Activations(wiring.Component):
    """Shifts one layer's activations, a bit a row, into ``bits`` (the widest layer): the last row at the highest lane.

    Whenever a chunk is complete it is written; the layer's last one is padded with ones. ``write_chunk`` counts from
    the start of the sample's slot. ``clear`` makes ``bits`` those of s_0, the state before a sequence.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "clear": In(1),
                "valid": In(1),  # a row of a hidden layer is complete
                "first": In(1),  # it is the layer's first one
                "final": In(1),  # it is the layer's last one
                "layer": In(range(layout.logit_layer + 1)),  # of neurons
                "active": In(1),  # its activation, +1 as 1
                "bits": Out(max(layout.network.widths), init=-1),
                "write": Out(1),  # a chunk is complete
                "write_last": Out(1),  # with write: the layer's last chunk
                "write_layer": Out(range(layout.logit_layer + 1)),  # of neurons, with ``write``
                "write_chunk": Out(range(layout.slot_chunks)),
                "write_data": Out(layout.machine.update_lanes),  # bits, the first neuron lowest
            }
        )

    def model(self, active: NDArray[Any]) -> NDArray[Any]:
        """Chunks (chunks, N) of bits of a layer's activations (rows,)."""
        lanes = self.layout.machine.update_lanes
        bits = np.ones((-(-len(active) // lanes), lanes), dtype=int)
        bits.flat[: len(active)] = active
        return bits

    def model_bits(self, active: NDArray[Any]) -> NDArray[Any]:
        """``bits`` behind a layer's last activation: ones below its first."""
        bits = np.ones(len(self.bits), dtype=int)
        bits[-len(active) :] = active
        return bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        lanes, widths = layout.machine.update_lanes, layout.network.widths
        lane = Signal(range(max(2, lanes)))
        chunk = Signal.like(self.write_chunk)
        bases = lookup(m, layout.activation_bases, self.layer)
        m.d.sync += [self.write.eq(0), self.write_last.eq(0)]
        with m.If(self.write):
            m.d.sync += chunk.eq(chunk + 1)
        with m.If(self.valid):
            m.d.sync += [
                self.bits.eq(Cat(self.bits[1:], self.active)),
                lane.eq(lane + 1),
                self.write_layer.eq(self.layer),
            ]
            with m.If(self.first):
                m.d.sync += [self.bits[:-1].eq(-1), chunk.eq(bases)]
            with m.If(self.final | (lane == lanes - 1)):
                m.d.sync += [lane.eq(0), self.write.eq(1), self.write_last.eq(self.final)]
        with m.If(self.clear):
            m.d.sync += self.bits.eq(-1)
        m.d.comb += [self.write_chunk.eq(chunk), self.write_data.eq(self.bits[-lanes:])]
        ragged = {width % lanes for width in widths} - {0}
        for rest in ragged:
            layers = [int(width % lanes == rest) for width in widths]
            with m.If(self.write_last & lookup(m, layers, self.write_layer)):
                m.d.comb += self.write_data.eq(Cat(self.bits[-rest:], Const(-1, lanes - rest)))
        return m
