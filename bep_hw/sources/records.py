"""Reads the cache's samples: from the number of a record to a sample's chunks."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.plan.images import pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import label_bits


def chunk_layout(layout: Layout) -> data.StructLayout:
    """A sample's chunks, first to ``final`` one, each with its label."""
    return data.StructLayout({"chunk": layout.machine.update_lanes, "label": label_bits(layout.network), "final": 1})


class RecordReader(wiring.Component):
    """The ``chunks`` of one of ``records`` after the other; a record's number is taken with its last chunk.

    While ``read`` is high a group is asked for, which is there, once, with ``done``.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        network, machine = layout.network, layout.machine
        super().__init__(
            {
                "records": In(stream.Signature(layout.index_bits)),
                "chunks": Out(stream.Signature(chunk_layout(layout))),
                "read": Out(1),
                "address": Out(range(layout.hidden_groups)),
                "done": In(1),
                "group": In(machine.update_lanes * network.counter_bits),
            }
        )

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
        layout = self.layout
        chunk, in_group = layout.machine.update_lanes, layout.network.counter_bits
        group, label = Signal.like(self.group), Signal(layout.label_chunks * chunk)
        number, within = Signal(range(layout.record_chunks)), Signal(range(in_group))
        part = Signal((layout.record_groups - 1).bit_length())
        labelling, passed, final = Signal(), Signal(), Signal()
        m.d.comb += [
            self.address.eq(layout.hidden_depth + Cat(part, self.records.payload)),
            self.chunks.payload.chunk.eq(group),
            self.chunks.payload.label.eq(label),
            self.chunks.payload.final.eq(final),
            labelling.eq(number < layout.label_chunks),
            final.eq(number == layout.record_chunks - 1),
        ]
        with m.FSM():
            with m.State("FETCH"):
                m.d.comb += self.read.eq(self.records.valid)
                with m.If(self.read & self.done):
                    m.d.sync += [group.eq(self.group), part.eq(part + 1)]
                    m.next = "PASS"
            with m.State("PASS"):
                m.d.comb += [self.chunks.valid.eq(~labelling), passed.eq(labelling | self.chunks.ready)]
                with m.If(passed):
                    m.d.sync += [group.eq(group >> chunk), number.eq(number + 1), within.eq(within + 1)]
                    with m.If(labelling):
                        m.d.sync += label.eq(Cat(label, group[:chunk])[chunk:])
                    with m.If(within == in_group - 1):
                        m.d.sync += within.eq(0)
                        m.next = "FETCH"
                    with m.If(final):
                        m.d.comb += self.records.ready.eq(1)
                        m.d.sync += [number.eq(0), within.eq(0), part.eq(0)]
                        m.next = "FETCH"
        return m
