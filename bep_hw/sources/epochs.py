"""Epochs that the chip learns without the host, from whatever holds records of samples.

The trainer's streams pass through here. Between two samples of an epoch the host goes first: what it asks for, or a
sample of its own, is carried out when the samples before are done, then the epoch goes on.
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.host import EpochControls
from bep_hw.interfaces.samples import RecordSource, SampleStreams, header_layout
from bep_hw.plan.layout import Layout
from bep_hw.sources.shuffle import Shuffle


class Epochs(wiring.Component):
    """Between the streams of the host and the trainer's: its shuffle names records, which ``source`` gives."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "controls": In(EpochControls(layout)),
                "source": Out(RecordSource(layout)),
                "host": In(SampleStreams(layout)),
                "trainer": Out(SampleStreams(layout)),
                "headers": In(data.ArrayLayout(header_layout(layout), layout.machine.slots)),  # see `Arrivals`
                "waiting": In(1),  # the host asks for something
                "idle": In(1),  # the trainer is
                # the trainer's streams are the epoch's: from one moment when the trainer was idle to another, and not
                # for long while the host is waiting
                "taken": Out(1),  # see above
                "updating": Out(1),  # for one cycle: a sample of the epoch updates weights
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        controls = self.controls
        m.submodules.shuffle = shuffle = Shuffle(self.layout.index_bits)
        number, in_batch = Signal.like(controls.samples), Signal.like(controls.batch)  # samples, this one included
        passed, in_batch_passed = Signal.like(number), Signal.like(in_batch)
        final, last = Signal(), Signal()
        feeding, ending = Signal(), Signal()  # a sample is passed on; all of the epoch have been
        host, settled, end = Signal(), Signal(), Signal()
        m.d.comb += [
            shuffle.load.eq(controls.key_write),
            shuffle.key.eq(controls.data),
            shuffle.count.eq(controls.samples),
            host.eq(self.waiting | self.host.samples.valid | (controls.epochs == 0)),
            settled.eq(self.idle & ~self.trainer.results.valid),
            end.eq(ending & settled),
            number.eq(passed + 1),
            in_batch.eq(in_batch_passed + 1),
            final.eq(number == controls.samples),
            last.eq(final | (in_batch == controls.batch)),
        ]

        # whose the trainer's streams are
        indices = self.source.indices
        with m.If(~self.taken):
            m.d.sync += self.taken.eq(settled & ~host)
        with m.Elif(settled & host & ~feeding & ~ending):
            m.d.sync += self.taken.eq(0)
        with m.If(indices.ready):
            m.d.sync += feeding.eq(0)
        with m.Elif(self.taken & ~host & ~ending & shuffle.indices.valid):
            m.d.sync += feeding.eq(1)
        m.d.comb += [
            indices.payload.eq(shuffle.indices.payload),
            indices.valid.eq(feeding),
            shuffle.indices.ready.eq(indices.ready),
        ]
        with m.If(indices.ready):
            m.d.sync += [passed.eq(number), ending.eq(final), in_batch_passed.eq(in_batch)]
            with m.If(last):
                m.d.sync += in_batch_passed.eq(0)
        self._feed(m, last)
        correct = self._count(m)
        with m.If(end):
            m.d.sync += [controls.epochs.eq(controls.epochs - 1), controls.correct.eq(correct)]
        with m.If(controls.epochs_write):
            m.d.sync += controls.epochs.eq(controls.data)
        with m.If(end | controls.epochs_write):
            m.d.sync += [ending.eq(0), correct.eq(0), passed.eq(0), in_batch_passed.eq(0)]
        return m

    def _feed(self, m: Module, last: Signal) -> None:
        """Samples in: the epoch's, or the host's."""
        chunks, beat = self.source.chunks, self.trainer.samples.payload
        with m.If(self.taken):
            m.d.comb += [
                self.trainer.samples.valid.eq(chunks.valid),
                chunks.ready.eq(self.trainer.samples.ready),
                beat.chunk.eq(chunks.payload.chunk),
                beat.label.eq(chunks.payload.label),
                beat.train.eq(1),
                beat.last.eq(last),
            ]
        with m.Else():
            m.d.comb += [
                self.trainer.samples.valid.eq(self.host.samples.valid),
                self.host.samples.ready.eq(self.trainer.samples.ready),
                beat.eq(self.host.samples.payload),
            ]

    def _count(self, m: Module) -> Signal:
        """Results out; those of the epoch are counted where they are correct.

        The sample decided is the next of the loader's ring.
        """
        correct, slot = Signal.like(self.controls.correct), Signal(range(self.layout.machine.slots))
        result = self.trainer.results.payload
        m.d.comb += [
            self.host.results.valid.eq(self.trainer.results.valid & ~self.taken),
            self.host.results.payload.eq(result),
            self.trainer.results.ready.eq(self.taken | self.host.results.ready),
            self.updating.eq(self.trainer.results.valid & self.taken & result.triggered),
        ]
        with m.If(self.trainer.results.valid & self.trainer.results.ready):
            m.d.sync += slot.eq(slot + 1)
            with m.If(self.taken & (result.prediction == self.headers[slot].label)):
                m.d.sync += correct.eq(correct + 1)
        return correct
