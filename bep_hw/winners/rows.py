"""The order of a scan: waits for a decision and for targets, then asks for one row after the other."""

from collections.abc import Callable
from typing import Any

from amaranth.hdl import Array, Module, Mux, Signal

from bep_hw.parts.lookup import lookup
from bep_hw.plan.program import Kind, Pass


class ScanRows:
    """The state machine of a scan: rows are asked for, one per cycle, and leave the memory of pre-activations.

    Signals: a row is there on the scan's ``seen``, with its number ``row1``, its target ``targets[0]``, ``magnitude``
    and sign; it ``closes`` its group. ``layer`` and ``moment`` are the layer of neurons and the step scanned.
    """

    def __init__(self, scan: Any, m: Module) -> None:
        self.scan = scan
        layout, row = scan.layout, scan.gated.row
        self.layer = self.field(m, lambda item: item.neuron_layer)
        self.first = self.field(m, lambda item: int(item.first))
        self.last = self.field(m, lambda item: int(item.last))
        self.start = self.field(m, lambda item: item.start)
        self.count = self.field(m, lambda item: item.count)
        self.targets = Signal(layout.backward_lanes)
        self.summed = Signal()
        # rows asked for; a row's pre-activation is there, and (``seen``) in registers; rows listed
        self.rows, self.step = Signal.like(row), Signal.like(self.count)
        self.there, self.listed = Signal(), Signal.like(scan.progress.gated)
        # rows of the group to come; the row seen is its last one; a row of it is wrong
        self.left, self.closes, self.found = Signal.like(scan.progress.gated), Signal(), Signal()
        self.row0, self.row1 = Signal.like(row), Signal.like(row)
        self.magnitude, self.negative = Signal.like(scan.magnitude), Signal()
        # the step of the state that is scanned; a perceptron has but one
        self.moment, self.first_step = Signal.like(scan.settings.last_step), Signal()
        self.group = Array(scan.settings.group_size[number] for number in range(layout.logit_layer))[self.layer]

    def field(self, m: Module, value_of: Callable[[Pass], int]) -> Signal:
        """A constant of the pass whose targets are scanned."""
        passes = (item if item.kind is not Kind.FORWARD else None for item in self.scan.program)
        return lookup(m, (value_of(item) if item else 0 for item in passes), self.scan.segment)

    def drive(self, m: Module) -> None:
        """Add the state machine to ``m``, the scan's module."""
        scan, progress = self.scan, self.scan.progress
        with m.If(scan.sums_done):
            m.d.sync += [self.summed.eq(1), scan.segment.eq(scan.index)]
        with m.If(progress.clear):
            m.d.sync += self.summed.eq(0)
        m.d.sync += [self.there.eq(0), scan.seen.eq(self.there)]
        m.d.sync += [scan.orders.valid.eq(0), progress.clear.eq(0), progress.ended.eq(0)]
        self._read(m)
        m.d.comb += self.first_step.eq(self.moment == 0)
        m.d.sync += [self.row1.eq(self.row0), self.magnitude.eq(scan.magnitude), self.negative.eq(scan.negative)]
        with m.If(self.there):
            m.d.sync += [self.closes.eq(self.left == 1), self.left.eq(Mux(self.left == 1, self.group, self.left - 1))]
        last_sample, wanted = Signal(), Signal()
        with m.FSM():
            with m.State("WAIT_DECISION"):
                self._wait_decision(m, last_sample, wanted)
            with m.State("WAIT_TARGETS"):
                with m.If(self.summed & ~progress.clear):
                    m.d.sync += [self.targets.eq(scan.targets), self.rows.eq(self.start), self.step.eq(0)]
                    with m.If(self.first):
                        m.d.sync += [self.listed.eq(0), self.left.eq(self.group), self.found.eq(0)]
                    m.next = "SCAN"
            with m.State("SCAN"):
                self._scan(m)
            with m.State("END"):
                self._end(m, last_sample, wanted)

    def _read(self, m: Module) -> None:
        """The address of the row asked for."""
        scan, layout, layer = self.scan, self.scan.layout, self.layer
        m.d.comb += scan.z_address.eq(self.field(m, lambda item: layout.z_bases[item.neuron_layer]) + self.rows)
        if layout.machine.z_buffers == 2:
            buffer = Signal()
            m.d.sync += buffer.eq(buffer ^ (scan.progress.ended & scan.decisions.predicts))
            with m.If(buffer & (layer == 0)):
                m.d.comb += scan.z_address.eq(layout.z_bases[-1] + self.rows)
        if layout.recurrent:
            with m.If(layer == 0):
                m.d.comb += scan.z_address.eq(self.moment * layout.step_rows + self.rows)

    def _wait_decision(self, m: Module, last_sample: Signal, wanted: Signal) -> None:
        scan, decisions, progress = self.scan, self.scan.decisions, self.scan.progress
        local = scan.layout.classifiers > 1
        with m.If(decisions.decided):
            m.d.sync += [
                last_sample.eq(decisions.last),
                wanted.eq(wanted | decisions.triggered if local else decisions.triggered),
            ]
            m.d.sync += self.moment.eq(scan.settings.last_step)
            with m.If(decisions.triggered):
                m.next = "WAIT_TARGETS"
            with m.Elif(~decisions.predicts if local else 0):
                m.d.sync += progress.ended.eq(1)
            with m.Else():
                m.next = "END"
        with m.Elif(decisions.known & self.summed & ~progress.clear):
            m.d.sync += progress.clear.eq(1)  # targets of a sample that did not trigger

    def _scan(self, m: Module) -> None:
        scan, progress, layer = self.scan, self.scan.progress, self.layer
        local = scan.layout.classifiers > 1
        with m.If(self.step == self.count):
            with m.If(~self.there & ~scan.seen):
                m.d.sync += progress.clear.eq(1)
                with m.If(self.last):
                    m.d.sync += progress.gated.eq(self.listed)
                with m.If(self.last & (scan.decisions.predicts if local else (layer == 0) & self.first_step)):
                    m.next = "END"
                with m.Elif(self.last & local):
                    m.d.sync += progress.ended.eq(1)
                    m.next = "WAIT_DECISION"
                with m.Else():
                    m.d.sync += self.moment.eq(self.moment - (self.last & (layer == 0)))
                    m.next = "WAIT_TARGETS"
        with m.Elif(scan.orders.room):
            m.d.sync += [self.there.eq(1), self.step.eq(self.step + 1), self.rows.eq(self.rows + 1)]
            m.d.sync += self.row0.eq(self.rows)
            m.d.comb += progress.releases.eq(self.last & (layer == 0) & self.first_step)

    def _end(self, m: Module, last_sample: Signal, wanted: Signal) -> None:
        """The order that ends a sample."""
        orders = self.scan.orders
        with m.If(orders.room):
            m.d.sync += [
                orders.valid.eq(1),
                orders.payload.end.eq(1),
                orders.payload.last.eq(last_sample),
                orders.payload.target.eq(wanted),
                self.scan.progress.ended.eq(1),
            ]
            if self.scan.layout.classifiers > 1:
                m.d.sync += wanted.eq(0)
            m.next = "WAIT_DECISION"
