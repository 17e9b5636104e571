"""Samples that the chip holds, and the epochs it learns from them without the host.

Records of samples lie behind the counters in the hidden plane's memory (`bep_hw.plan.layout`); the host writes them
like counters, and they are read in the cycles that the update engine leaves, the way the host reads counters. So the
cache needs no memory of its own, and in single-port SPRAM, whose banks the engine keeps busy, no arbiter: when the
engine has no time to read a sample, it has samples enough.

The trainer's streams pass through here. Between two samples of an epoch the host goes first: what it asks for, or a
sample of its own, is carried out when the samples before are done, then the epoch goes on.
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.samples import header_layout
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import result_layout, sample_layout
from bep_hw.sources.records import RecordReader
from bep_hw.sources.shuffle import Shuffle
from bep_ref.runs.shuffle import KEY_BITS

EPOCH_BITS = 8


def controls(layout: Layout) -> wiring.Signature:
    """What the host sets and sees: the registers ``cache_*`` of `bep_hw.plan.registers`.

    ``key_write`` and ``epochs_write`` are high for a cycle with the value on ``data``, while no epoch is being learned.
    """
    number = range(layout.machine.cache_samples + 1)
    return wiring.Signature(
        {
            "data": Out(KEY_BITS),
            "samples": Out(number),
            "batch": Out(number),
            "key_write": Out(1),
            "epochs_write": Out(1),
            "epochs": In(EPOCH_BITS),
            "hits": In(number),
        }
    )


class SampleCache(wiring.Component):
    """Between the streams of the host, ``samples`` and ``results``, and the trainer's, ``beats`` and ``decided``.

    ``taken`` is high while the trainer's streams are the cache's: from a moment when the trainer was ``idle`` to
    another, and not for long while a request of the host's is ``waiting``. ``read``, ``address``, ``done`` and
    ``group`` are the reader's (`RecordReader`), ``headers`` the loader's.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        network, machine = layout.network, layout.machine
        beats, results = sample_layout(network, machine), result_layout(network)
        super().__init__(
            {
                "controls": In(controls(layout)),
                "samples": In(stream.Signature(beats)),
                "results": Out(stream.Signature(results)),
                "beats": Out(stream.Signature(beats)),
                "decided": In(stream.Signature(results)),
                "headers": In(data.ArrayLayout(header_layout(layout), machine.slots)),
                "waiting": In(1),
                "idle": In(1),
                "taken": Out(1),
                "updating": Out(1),
                "read": Out(1),
                "address": Out(range(layout.hidden_groups)),
                "done": In(1),
                "group": In(machine.update_lanes * network.counter_bits),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        controls = self.controls
        m.submodules.shuffle = shuffle = Shuffle(self.layout.index_bits)
        m.submodules.reader = reader = RecordReader(self.layout)
        number, in_batch = Signal.like(controls.samples), Signal.like(controls.batch)  # samples, this one included
        passed, in_batch_passed = Signal.like(number), Signal.like(in_batch)
        final, last = Signal(), Signal()
        feeding, ending = Signal(), Signal()  # a sample is passed on; all of the epoch have been
        host, settled, end = Signal(), Signal(), Signal()
        m.d.comb += [
            shuffle.load.eq(controls.key_write),
            shuffle.key.eq(controls.data),
            shuffle.count.eq(controls.samples),
            host.eq(self.waiting | self.samples.valid | (controls.epochs == 0)),
            settled.eq(self.idle & ~self.decided.valid),
            end.eq(ending & settled),
            number.eq(passed + 1),
            in_batch.eq(in_batch_passed + 1),
            final.eq(number == controls.samples),
            last.eq(final | (in_batch == controls.batch)),
        ]

        # whose the trainer's streams are
        with m.If(~self.taken):
            m.d.sync += self.taken.eq(settled & ~host)
        with m.Elif(settled & host & ~feeding & ~ending):
            m.d.sync += self.taken.eq(0)
        with m.If(reader.records.ready):
            m.d.sync += feeding.eq(0)
        with m.Elif(self.taken & ~host & ~ending & shuffle.indices.valid):
            m.d.sync += feeding.eq(1)

        # samples in
        chunk, beat = reader.chunks.payload, self.beats.payload
        m.d.comb += [
            reader.records.payload.eq(shuffle.indices.payload),
            reader.records.valid.eq(feeding),
            shuffle.indices.ready.eq(reader.records.ready),
            self.read.eq(reader.read),
            self.address.eq(reader.address),
            reader.done.eq(self.done),
            reader.group.eq(self.group),
        ]
        with m.If(self.taken):
            m.d.comb += [
                self.beats.valid.eq(reader.chunks.valid),
                reader.chunks.ready.eq(self.beats.ready),
                beat.chunk.eq(chunk.chunk),
                beat.label.eq(chunk.label),
                beat.train.eq(1),
                beat.last.eq(last),
            ]
        with m.Else():
            m.d.comb += [
                self.beats.valid.eq(self.samples.valid),
                self.samples.ready.eq(self.beats.ready),
                beat.eq(self.samples.payload),
            ]
        with m.If(reader.records.ready):
            m.d.sync += [passed.eq(number), ending.eq(final), in_batch_passed.eq(in_batch)]
            with m.If(last):
                m.d.sync += in_batch_passed.eq(0)

        # results out; the sample decided is the next of the loader's ring
        hits, slot = Signal.like(controls.hits), Signal(range(self.layout.machine.slots))
        result = self.decided.payload
        m.d.comb += [
            self.results.valid.eq(self.decided.valid & ~self.taken),
            self.results.payload.eq(result),
            self.decided.ready.eq(self.taken | self.results.ready),
            self.updating.eq(self.decided.valid & self.taken & result.triggered),
        ]
        with m.If(self.decided.valid & self.decided.ready):
            m.d.sync += slot.eq(slot + 1)
            with m.If(self.taken & (result.prediction == self.headers[slot].label)):
                m.d.sync += hits.eq(hits + 1)
        with m.If(end):
            m.d.sync += [controls.epochs.eq(controls.epochs - 1), controls.hits.eq(hits)]
        with m.If(controls.epochs_write):
            m.d.sync += controls.epochs.eq(controls.data)
        with m.If(end | controls.epochs_write):
            m.d.sync += [ending.eq(0), hits.eq(0), passed.eq(0), in_batch_passed.eq(0)]
        return m
