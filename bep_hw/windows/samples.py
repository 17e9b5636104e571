"""Samples on their way into the image memory, and what is remembered of each beside its bits."""

from typing import Any

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.ports import sample_layout
from bep_hw.windows.layout import WindowLayout


def label_shape(layout: WindowLayout) -> range:
    """A class number."""
    return range(layout.network.classes)


def header_layout(layout: WindowLayout) -> data.StructLayout:
    """Of each sample: class, flags, and how far it is moved, (``down``, ``right``) each -1 to 1."""
    return data.StructLayout({"label": label_shape(layout), "train": 1, "last": 1, "down": 2, "right": 2})


class ImageLoader(wiring.Component):
    """Writes the stream of samples into free slots.

    ``begun``, ``complete`` and ``freed`` count samples modulo twice the slots. ``begins`` is high in the cycle in which
    the first beat of a sample is taken; ``down`` and ``right`` are its shift then.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        slots = layout.machine.slots
        super().__init__(
            {
                "samples": In(stream.Signature(sample_layout(layout.network, layout.machine))),
                "freed": In(range(2 * slots)),
                "begun": Out(range(2 * slots)),
                "complete": Out(range(2 * slots)),
                "headers": Out(data.ArrayLayout(header_layout(layout), slots)),
                # shift of the sample that begins
                "begins": Out(1),
                "down": In(2),
                "right": In(2),
                # the image memory's write port
                "write": Out(1),
                "write_slot": Out(range(slots)),
                "write_beat": Out(range(layout.sample_beats)),
                "write_data": Out(layout.beat_bits),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        slots, beats = self.layout.machine.slots, self.layout.sample_beats
        beat = self.samples.payload
        between = Signal(init=1)  # no sample is half loaded
        taken, free, index = Signal.like(self.begun), Signal(init=1), Signal(range(beats))
        ends = Signal()
        # a slot freed is seen a cycle late, one begun at once
        m.d.comb += [
            taken.eq(self.begun - self.freed),
            self.samples.ready.eq(free | ~between | beat.drop),
            self.write.eq(self.samples.valid & self.samples.ready & ~beat.drop),
            self.write_slot.eq(Mux(between, self.begun, self.begun - 1)),
            self.write_beat.eq(index),
            self.write_data.eq(beat.chunk),
            self.begins.eq(self.write & between),
            ends.eq(index == beats - 1),
        ]
        m.d.sync += free.eq(taken != slots)
        with m.If(self.samples.valid & self.samples.ready & beat.drop & ~between):
            m.d.sync += [between.eq(1), index.eq(0), self.begun.eq(self.begun - 1), free.eq(1)]
        with m.If(self.write):
            m.d.sync += [
                index.eq(Mux(ends, 0, index + 1)),
                between.eq(ends),
                self.complete.eq(self.complete + ends),
            ]
        with m.If(self.begins):
            m.d.sync += [self.begun.eq(self.begun + 1), free.eq(taken != slots - 1)]
            for number in range(slots):
                with m.If(self.write_slot == number):
                    m.d.sync += [
                        self.headers[number].label.eq(beat.label),
                        self.headers[number].train.eq(beat.train),
                        self.headers[number].last.eq(beat.last),
                        self.headers[number].down.eq(self.down),
                        self.headers[number].right.eq(self.right),
                    ]
        return m


def moved_by(layout: WindowLayout, header: Any) -> Any:
    """Positions from a window's place in the input to where it is read in a sample that is moved; signed."""
    columns = layout.geometry.shape[1]
    steps = (0, 1, 0, -1)  # what two bits mean; 2 is not used
    offsets = [down * columns + right for down in steps for right in steps]
    shape = signed(max(abs(offset) for offset in offsets).bit_length() + 1)
    return Array(Const(offset, shape) for offset in offsets)[Cat(header.right, header.down)]
