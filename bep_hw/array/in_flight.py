"""Samples on their way through the array: which one begins, which one is classified, and what is known of it."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.samples import Arrivals, header_layout
from bep_hw.plan.layout import Layout


class InFlight(wiring.Component):
    """Follows the sequencer, the decision and the scan. By local error signals every layer has a classifier of its own;
    they come one after the other, and the last one ``predicts``.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        most = layout.classifiers - 1
        super().__init__(
            {
                "arrivals": In(Arrivals(layout)),
                "committed": In(1),  # a mini-batch is
                "started": In(1),  # the sequencer begins a sample
                "classify": In(1),  # the sequencer begins a classifier's first pass
                "decided": In(1),  # for one cycle
                "triggered": In(1),  # the classifier that decided last has
                "ended": In(1),  # the decision is carried out
                "releases": In(1),  # a pre-activation of the first layer may be overwritten
                "available": Out(1),  # a sample may start
                "classified": Out(header_layout(layout)),  # of the sample at the classifier
                "classifier": Out(range(layout.classifiers), init=most),  # at work
                "predicts": Out(1),  # that classifier is the sample's last one
                "below": Out(1),  # a classifier before it has triggered
                "known": Out(1),  # its decision is
                "scan_busy": Out(1),  # its decision is being carried out, or comes
                "z_free": Out(1),  # the first layer's pre-activations may be overwritten
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        slots = self.layout.machine.slots
        # counted like the loader counts: those begun, those classified
        begun, classified_count = Signal(range(2 * slots)), Signal(range(slots))
        begins, opened = Signal(header_layout(self.layout)), Signal(init=1)
        m.d.comb += [
            begins.eq(self.arrivals.headers[begun[: (slots - 1).bit_length()]]),
            self.available.eq(opened & (begun != self.arrivals.complete)),
            self.predicts.eq(self.classifier == self.layout.classifiers - 1),
        ]
        with m.If(self.started):
            m.d.sync += begun.eq(begun + 1)
            with m.If(begins.last):
                m.d.sync += opened.eq(0)
        with m.If(self.committed):
            m.d.sync += opened.eq(1)
        m.d.sync += self.z_free.eq(~self.scan_busy | self.releases)
        with m.If(self.decided):
            m.d.sync += self.known.eq(1)
        with m.If(self.ended):
            m.d.sync += self.scan_busy.eq(0)
        # after the classifier that predicts, the next one is that of another sample
        with m.If(self.classify):
            m.d.sync += [
                self.known.eq(0),
                self.scan_busy.eq(1),
                self.classifier.eq(Mux(self.predicts, 0, self.classifier + 1)),
            ]
            with m.If(self.predicts):
                m.d.sync += [
                    self.below.eq(0),
                    self.classified.eq(self.arrivals.headers[classified_count]),
                    classified_count.eq(classified_count + 1),
                ]
        if self.layout.classifiers > 1:
            with m.If(self.decided & self.triggered):
                m.d.sync += self.below.eq(1)
        return m
