"""The cache: samples that the chip holds.

Records of samples lie after the counters in the hidden plane's memory (`bep_hw.plan.layout`); the host writes them
like counters, and they are read in the cycles that the update engine leaves, the way the host reads counters. So the
cache needs no memory of its own, and in single-port SPRAM, whose banks the engine keeps busy, no arbiter: when the
engine has no time to read a sample, it has samples enough.
"""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.samples import RecordSource
from bep_hw.interfaces.weights import GroupAccess
from bep_hw.plan.images import pack_samples
from bep_hw.plan.layout import Layout


class RecordReader(wiring.Component):
    """A `RecordSource` in the hidden plane: a record is read one group after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__({"source": In(RecordSource(layout)), "access": Out(GroupAccess(layout))})

    def model(self, x: NDArray[Any], y: NDArray[Any]) -> list[tuple[int, int, bool]]:
        """(chunk, label, final) of samples ``x`` (n, inputs) of ±1, ``y`` (n,), one behind the other."""
        beats = pack_samples(self.layout, x)
        final = np.arange(beats.shape[1]) == beats.shape[1] - 1
        return [
            (int(chunk), int(label), bool(end))
            for sample, label in zip(beats, y, strict=True)
            for chunk, end in zip(sample, final, strict=True)
        ]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, indices, chunks = self.layout, self.source.indices, self.source.chunks
        chunk, in_group = layout.machine.update_lanes, layout.network.counter_bits
        group, label = Signal.like(self.access.result), Signal(layout.label_chunks * chunk)
        number, within = Signal(range(layout.record_chunks)), Signal(range(in_group))
        part = Signal((layout.record_groups - 1).bit_length())
        labelling, passed, final = Signal(), Signal(), Signal()
        m.d.comb += [
            self.access.address.eq(layout.hidden_depth + Cat(part, indices.payload)),
            chunks.payload.chunk.eq(group),
            chunks.payload.label.eq(label),
            chunks.payload.final.eq(final),
            labelling.eq(number < layout.label_chunks),
            final.eq(number == layout.record_chunks - 1),
        ]
        with m.FSM():
            with m.State("FETCH"):
                m.d.comb += self.access.read.eq(indices.valid)
                with m.If(self.access.read & self.access.done):
                    m.d.sync += [group.eq(self.access.result), part.eq(part + 1)]
                    m.next = "PASS"
            with m.State("PASS"):
                m.d.comb += [chunks.valid.eq(~labelling), passed.eq(labelling | chunks.ready)]
                with m.If(passed):
                    m.d.sync += [group.eq(group >> chunk), number.eq(number + 1), within.eq(within + 1)]
                    with m.If(labelling):
                        m.d.sync += label.eq(Cat(label, group[:chunk])[chunk:])
                    with m.If(within == in_group - 1):
                        m.d.sync += within.eq(0)
                        m.next = "FETCH"
                    with m.If(final):
                        m.d.comb += indices.ready.eq(1)
                        m.d.sync += [number.eq(0), within.eq(0), part.eq(0)]
                        m.next = "FETCH"
        return m
