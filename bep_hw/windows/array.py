"""The array: every window against all kernels of its place, R kernels per cycle, down to units.

A word of kernels passes these stages:

    A issue ─► B address ─► visible plane, window ─► popcounts ─► best match ─► units
"""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.popcount import XnorPopcount
from bep_hw.windows.best import BestMatch
from bep_hw.windows.front import WindowFront
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.samples import header_layout
from bep_hw.windows.sequencer import WindowSequencer
from bep_hw.windows.units import Units, bounds_layout, unit_layout


class WindowArray(wiring.Component):
    """Everything that reads visible weights, words of which follow their address by ``plane_delay`` cycles."""

    def __init__(self, layout: WindowLayout, plane_delay: int = 1) -> None:
        self.layout, self.plane_delay = layout, plane_delay
        slots = layout.machine.slots
        self.front = WindowFront(layout)
        super().__init__(
            {
                # from the loader
                "complete": In(range(2 * slots)),
                "headers": In(data.ArrayLayout(header_layout(layout), slots)),
                # the image memory's port
                "ask": Out(1),
                "granted": In(1),
                "slot": Out(range(slots)),
                "position": Out(self.front.position.shape()),
                "read": In(self.front.read.shape()),
                # visible plane
                "plane_address": Out(range(layout.plane_depth)),
                "plane_data": In(layout.word_lanes),
                # a mini-batch is committed; the next one may begin
                "committed": In(1),
                # registers
                "bounds": In(data.ArrayLayout(bounds_layout(layout), len(layout.network.offsets))),
                # to the read-out, which allows a sample to begin while it is ``free``
                "free": In(1),
                "begins": Out(1),
                "units_valid": Out(1),
                "units": Out(data.ArrayLayout(unit_layout(layout), layout.rows_per_word)),
                # a word of the visible plane is read
                "word_read": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, slots = self.layout, self.layout.machine.slots
        m.submodules.front = front = self.front
        m.submodules.sequencer = sequencer = WindowSequencer(layout)
        m.submodules.best = best = BestMatch(layout)
        m.submodules.units = units = Units(layout)

        def later(value: Any, cycles: int) -> Any:
            for _ in range(cycles):
                stage = Signal.like(value)
                m.d.sync += stage.eq(value)
                value = stage
            return value

        # samples, counted as the loader counts; a mini-batch is closed from its last sample on
        begun, opened = Signal(range(2 * slots)), Signal(init=1)
        begins = self.headers[begun[: (slots - 1).bit_length()]]
        m.d.comb += [
            sequencer.available.eq(opened & self.free & (begun != self.complete)),
            self.begins.eq(sequencer.started),
        ]
        with m.If(sequencer.started):
            m.d.sync += begun.eq(begun + 1)
            with m.If(begins.last):
                m.d.sync += opened.eq(0)
        with m.If(self.committed):
            m.d.sync += opened.eq(1)

        # A to the weights; the window is there with its first word
        m.d.sync += self.plane_address.eq(sequencer.address)
        m.d.comb += [
            front.complete.eq(self.complete),
            front.headers.eq(self.headers),
            self.ask.eq(front.ask),
            front.granted.eq(self.granted),
            self.slot.eq(front.slot),
            self.position.eq(front.position),
            front.read.eq(self.read),
            sequencer.full.eq(front.full),
            front.take.eq(sequencer.valid & sequencer.first),
            front.swap.eq(later(front.take, self.plane_delay)),
            self.word_read.eq(sequencer.valid),
        ]
        # counts of all rows, and what becomes of them
        for row in range(layout.rows_per_word):
            m.submodules[f"popcount{row}"] = popcount = XnorPopcount(layout.geometry.fan_in)
            m.d.comb += [
                popcount.weight.eq(self.plane_data[row * layout.row_lanes :]),
                popcount.input.eq(front.window),
                best.counts[row].eq(popcount.count),
            ]
        to_counts = 1 + self.plane_delay + popcount.delay
        m.d.comb += [
            best.valid.eq(later(sequencer.valid, to_counts)),
            best.opens.eq(later(sequencer.opens, to_counts)),
            best.pooled.eq(later(sequencer.pooled, to_counts)),
            units.best.eq(best.best),
            units.bounds.eq(self.bounds),
            self.units.eq(units.units),
            self.units_valid.eq(later(sequencer.valid & sequencer.closes, to_counts + 1 + units.DELAY)),
        ]
        return m
