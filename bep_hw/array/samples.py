"""Samples in flight: a ring of slots that the loader fills and both engines read.

A slot holds a sample's inputs and the activations of its layers, chunk by chunk; it is free again when the update
engine has counted the sample's last winner.
"""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.samples import Arrivals, ChunkRead, ChunkWrite
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import sample_layout


class SampleMemory(wiring.Component):
    """``chunks`` chunks (a power of two) of every step of every slot; addresses are (slot, step, chunk).

    One write and one read port.

    The trainer has two: inputs for the forward pass, and inputs and activations for the update engine.
    """

    def __init__(self, layout: Layout, chunks: int) -> None:
        self.layout, self.chunks = layout, chunks
        super().__init__({"write": In(ChunkWrite(layout)), "read": In(ChunkRead(layout, chunks))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        machine, steps = self.layout.machine, self.layout.steps
        block = memory.Memory(shape=machine.update_lanes, depth=machine.slots * steps * self.chunks, init=[])
        m.submodules.block = block
        write, read = block.write_port(), block.read_port()
        chunk = self.write.chunk[: (self.chunks - 1).bit_length()]
        m.d.comb += [
            write.en.eq(self.write.valid),
            write.addr.eq((self.write.slot * steps + self.write.step) * self.chunks + chunk),
            write.data.eq(self.write.data),
            read.en.eq(1),
            read.addr.eq(self.read.address),
            self.read.data.eq(read.data),
        ]
        return m


class Loader(wiring.Component):
    """Writes the sample stream into free slots.

    ``begun`` and ``freed`` count samples modulo twice the slots, like `Arrivals`. A beat is accepted only while
    ``grant`` is high (the write port is shared). A sequence comes with all steps that it may have, whether they count
    or not.
    """

    FREE = 2
    """Cycles from a slot that is freed to the first beat that may be loaded into it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        counter = range(2 * layout.machine.slots)
        super().__init__(
            {
                "samples": In(
                    stream.Signature(sample_layout(layout.network, layout.machine))
                ),  # one beat per chunk, see `bep_hw.plan.ports`
                "grant": In(1),  # nobody else writes in this cycle
                "freed": In(counter),  # samples that are done with, from the update engine
                "begun": Out(counter),  # samples of which at least one beat is there
                "arrivals": Out(Arrivals(layout)),
                "write": Out(ChunkWrite(layout)),
            }
        )

    def model(self, chunks: NDArray[Any]) -> NDArray[Any]:
        """What is stored of a step's beats (chunks, N) of bits: ones behind the last input."""
        stored = chunks.copy()
        stored.flat[self.layout.network.inputs :] = 1
        return stored

    def elaborate(self, platform: object) -> Module:
        m = Module()
        place, slots = self.layout.layers[0], self.layout.machine.slots
        beat = self.samples.payload
        between = Signal(init=1)  # no sample is half loaded
        slot = Signal(range(slots))
        free, taken = Signal(init=1), Signal.like(self.begun)
        # a slot freed is seen a cycle late, one begun at once
        m.d.comb += taken.eq(self.begun - self.freed)
        m.d.sync += free.eq(taken != slots)
        loaded = Signal(range(place.chunks + 1))
        index = Signal.like(loaded)
        m.d.comb += [
            self.samples.ready.eq(self.grant & (free | ~between | beat.drop)),
            index.eq(loaded),
        ]
        with m.If(between):
            m.d.comb += [slot.eq(self.begun), index.eq(0)]
        with m.Else():
            m.d.comb += slot.eq(self.begun - 1)
        padding = -place.fan_in % self.layout.machine.update_lanes
        tail = ((1 << padding) - 1) << (self.layout.machine.update_lanes - padding)
        ends_step = index == place.chunks - 1
        last = self.layout.sample_beats // place.chunks - 1
        step, final = Signal.like(self.write.step), Signal()
        m.d.comb += [
            final.eq(ends_step & (step == last)),
            self.write.step.eq(step),
            self.write.valid.eq(self.samples.valid & self.samples.ready & ~beat.drop),
            self.write.slot.eq(slot),
            self.write.chunk.eq(index),
            self.write.data.eq(beat.chunk | (ends_step.replicate(len(beat.chunk)) & tail)),
        ]
        with m.If(self.samples.valid & self.samples.ready & beat.drop & ~between):
            m.d.sync += [between.eq(1), step.eq(0), self.begun.eq(self.begun - 1), free.eq(1)]
        arrivals = self.arrivals
        with m.If(self.write.valid):
            m.d.sync += [loaded.eq(index + 1), between.eq(final), arrivals.complete.eq(arrivals.complete + final)]
            if last:
                with m.If(ends_step):
                    m.d.sync += [loaded.eq(0), step.eq(Mux(final, 0, step + 1))]
            with m.If(between):
                m.d.sync += [self.begun.eq(self.begun + 1), free.eq(taken != slots - 1)]
                for number in range(slots):
                    with m.If(slot == number):
                        m.d.sync += [
                            arrivals.headers[number].label.eq(beat.label),
                            arrivals.headers[number].train.eq(beat.train),
                            arrivals.headers[number].last.eq(beat.last),
                        ]
        return m
