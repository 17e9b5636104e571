"""Gathers a layer's activations, one bit a row, into chunks of the sample memory."""

from typing import Any

import numpy as np
from amaranth.hdl import Array, Const, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout


class ActivationWriter(wiring.Component):
    """Writes a chunk whenever it is complete, the layer's last one padded with ones.

    ``restart`` (a layer's last forward pass begins) sets ``ready_chunks`` to zero; then it counts the chunks readable.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "valid": In(1),
                "final": In(1),
                "layer": In(range(len(layout.layers))),
                "active": In(1),
                "restart": In(1),
                "ready_chunks": Out(range(max(place.chunks for place in layout.layers) + 1)),
                "write": Out(1),
                "write_chunk": Out(range(layout.slot_chunks)),
                "write_data": Out(layout.machine.update_lanes),
            }
        )

    def model(self, active: NDArray[Any]) -> NDArray[Any]:
        """Chunks (chunks, N) of bits of a layer's activations (rows,)."""
        lanes = self.layout.machine.update_lanes
        bits = np.ones((-(-len(active) // lanes), lanes), dtype=int)
        bits.flat[: len(active)] = active
        return bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        lanes = layout.machine.update_lanes
        lane = Signal(range(max(2, lanes)))
        base = Array(Const(place.source_base, len(self.write_chunk)) for place in layout.layers[1:])
        layer = Signal.like(self.layer)
        m.d.sync += self.write.eq(0)
        with m.If(self.write):
            m.d.sync += [self.write_data.eq(-1), self.ready_chunks.eq(self.ready_chunks + 1)]
        with m.If(self.valid):
            m.d.sync += [
                self.write_data.bit_select(lane, 1).eq(self.active),
                lane.eq(lane + 1),
                layer.eq(self.layer),
            ]
            with m.If(self.final | (lane == lanes - 1)):
                m.d.sync += [lane.eq(0), self.write.eq(1)]
        with m.If(self.restart):
            m.d.sync += [self.ready_chunks.eq(0), self.write_data.eq(-1)]
        m.d.comb += self.write_chunk.eq(base[layer] + self.ready_chunks)
        return m
