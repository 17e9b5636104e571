"""After a trigger: who is updated, and which rows carry the error on.

Target bits of a segment of a layer meet its pre-activations, row by row: in each group of γ rows the wrong one with
the smallest |z| wins (Sec. 3.3), and rows with |z| at most the gate threshold enter the list that the next backward
pass reads (Eq. 7).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass
from bep_hw.winners.stability import Stability


def order_layout(layout: Layout) -> data.StructLayout:
    """An order to the update engine: a winner (its layer of neurons, row and target), or the ``end`` of a sample.

    With ``end``, ``target`` says whether the sample triggered, and ``last`` that the mini-batch ends behind it.
    """
    return data.StructLayout(
        {
            "end": 1,
            "last": 1,
            "target": 1,
            "layer": range(max(2, layout.logits)),
            "row": range(max(layout.network.widths)),
        }
    )


def target_layout(layout: Layout) -> data.StructLayout:
    """Recurrent: what a neuron of the state should be at a step, while ``valid``."""
    return data.StructLayout(
        {"valid": 1, "step": range(layout.steps), "row": range(layout.network.widths[0]), "target": 1}
    )


def group_sizes_layout(layout: Layout) -> data.ArrayLayout:
    """γ of every layer of neurons."""
    return data.ArrayLayout(range(max(layout.network.widths) + 1), layout.logits)


def gates_layout(layout: Layout) -> data.ArrayLayout:
    """floor(ν K) of every layer of neurons; a perceptron's first one's is not used."""
    return data.ArrayLayout(range(max(layout.network.fan_in) + 1), layout.logits)


class WinnerScan(wiring.Component):
    """One row a cycle; orders are pushed while there is ``room`` for four more.

    ``decided`` with ``triggered`` starts it, ``sums_done`` (with ``index``, the pass) hands it a segment's targets.
    Without a trigger only the sample's end is sent, and a segment already summed is dropped. ``clear`` is high when
    the column accumulators are free again, ``gated`` is the length of the list last completed, ``ended`` says that
    the decision is carried out: of a sample, or by the local rule of a layer, the last of which ``predicts``. ``known``
    is high from a decision on until something is classified again. ``releases`` is high in cycles in which a
    pre-activation of the first layer is read for the last time, row by row, if that layer is scanned last.

    A recurrent state is scanned once a step, from ``last_step`` to 0; its winners are those of the time-summed
    stability, found with the last scan. ``known_target`` tells each desired state as it passes.
    """

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        network = layout.network
        widest = max(network.fan_in)
        super().__init__(
            {
                "decided": In(1),
                "triggered": In(1),
                "last": In(1),
                "predicts": In(1, init=1),
                "known": In(1),
                "sums_done": In(1),
                "index": In(range(len(program))),
                "targets": In(layout.backward_lanes),
                "clear": Out(1, init=1),
                "ended": Out(1),
                "gated": Out(range(max(network.widths) + 1)),
                "group_size": In(group_sizes_layout(layout)),
                "gate": In(gates_layout(layout)),
                "releases": Out(1),
                "z_address": Out(range(layout.z_depth)),
                "magnitude": In(range(widest + 1)),
                "negative": In(1),
                "list_write": Out(1),
                "list_address": Out(range(layout.list_depth)),
                "list_row": Out(range(max(network.widths))),
                "list_target": Out(1),
                "last_step": In(range(layout.steps)),
                "known_target": Out(target_layout(layout)),
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
            }
        )
        # for a trace: the pass whose targets are scanned, and whether one of its rows is judged in this cycle
        self.segment, self.seen = Signal.like(self.index, name="index"), Signal(name="seen")

    def model(
        self, z: NDArray[Any], targets: NDArray[Any], group_size: int, gate: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Rows of winners (m,) and of list entries (k,), both rising, of a layer's z (K,) and target bits (K,)."""
        wrong = (z >= 0) != targets
        keys = np.where(wrong, np.abs(z), np.iinfo(z.dtype).max).reshape(-1, group_size)
        winners = np.arange(0, len(z), group_size) + keys.argmin(axis=1)
        return winners[wrong[winners]], np.flatnonzero(np.abs(z) <= gate)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        local = layout.classifiers > 1
        rows = Signal.like(self.list_row)
        segments = [item if item.kind is not Kind.FORWARD else None for item in self.program]
        index = self.segment

        def field(value_of: Callable[[Pass], int]) -> Signal:
            return lookup(m, (value_of(item) if item else 0 for item in segments), index)

        start = field(lambda item: item.start)
        count = field(lambda item: item.count)
        first = field(lambda item: int(item.first))
        last = field(lambda item: int(item.last))
        layer = field(lambda item: item.neurons)
        z_base = field(lambda item: layout.z_bases[item.neurons])
        list_base = field(lambda item: layout.completing(item.neurons).list_base)

        targets = Signal(layout.backward_lanes)
        summed, last_sample, wanted = Signal(), Signal(), Signal()
        with m.If(self.sums_done):
            m.d.sync += [summed.eq(1), index.eq(self.index)]
        with m.If(self.clear):
            m.d.sync += summed.eq(0)

        # rows asked for; a row's pre-activation is there, and (``seen``) in registers; rows listed
        seen = self.seen
        step, there, listed = Signal.like(count), Signal(), Signal.like(self.gated)
        entry = self.order
        m.d.sync += [there.eq(0), seen.eq(there), self.push.eq(0), self.clear.eq(0), self.ended.eq(0)]
        m.d.comb += self.z_address.eq(z_base + rows)
        if layout.machine.z_buffers == 2:
            buffer = Signal()
            m.d.sync += buffer.eq(buffer ^ (self.ended & self.predicts))
            with m.If(buffer & (layer == 0)):
                m.d.comb += self.z_address.eq(layout.z_bases[-1] + rows)
        # the step of the state that is scanned; a perceptron has but one
        moment, first_step = Signal.like(self.last_step), Signal()
        m.d.comb += first_step.eq(moment == 0)
        if layout.recurrent:
            with m.If(layer == 0):
                m.d.comb += self.z_address.eq(moment * layout.step_rows + rows)
        left, closes = Signal.like(self.gated), Signal()  # rows of the group to come; the row seen is its last one
        found, best_row, best_target = Signal(), Signal.like(rows), Signal()
        row0, row1, magnitude, negative = Signal.like(rows), Signal.like(rows), Signal.like(self.magnitude), Signal()
        m.d.sync += [row1.eq(row0), magnitude.eq(self.magnitude), negative.eq(self.negative)]

        group = Array(self.group_size[number] for number in range(layout.logits))[layer]
        with m.If(there):
            m.d.sync += [closes.eq(left == 1), left.eq(Mux(left == 1, group, left - 1))]

        with m.FSM():
            with m.State("WAIT_DECISION"):
                with m.If(self.decided):
                    m.d.sync += [
                        last_sample.eq(self.last),
                        wanted.eq(wanted | self.triggered if local else self.triggered),
                    ]
                    m.d.sync += moment.eq(self.last_step)
                    with m.If(self.triggered):
                        m.next = "WAIT_TARGETS"
                    with m.Elif(~self.predicts if local else 0):
                        m.d.sync += self.ended.eq(1)
                    with m.Else():
                        m.next = "END"
                with m.Elif(self.known & summed & ~self.clear):
                    m.d.sync += self.clear.eq(1)  # targets of a sample that did not trigger
            with m.State("WAIT_TARGETS"):
                with m.If(summed & ~self.clear):
                    m.d.sync += [targets.eq(self.targets), rows.eq(start), step.eq(0)]
                    with m.If(first):
                        m.d.sync += [listed.eq(0), left.eq(group), found.eq(0)]
                    m.next = "SCAN"
            with m.State("SCAN"):
                with m.If(step == count):
                    with m.If(~there & ~seen):
                        m.d.sync += self.clear.eq(1)
                        with m.If(last):
                            m.d.sync += self.gated.eq(listed)
                        with m.If(last & (self.predicts if local else (layer == 0) & first_step)):
                            m.next = "END"
                        with m.Elif(last & local):
                            m.d.sync += self.ended.eq(1)
                            m.next = "WAIT_DECISION"
                        with m.Else():
                            m.d.sync += moment.eq(moment - (last & (layer == 0)))
                            m.next = "WAIT_TARGETS"
                with m.Elif(self.room):
                    m.d.sync += [there.eq(1), step.eq(step + 1), rows.eq(rows + 1), row0.eq(rows)]
                    m.d.comb += self.releases.eq(last & (layer == 0) & first_step)
            with m.State("END"):
                with m.If(self.room):
                    m.d.sync += [
                        self.push.eq(1),
                        entry.end.eq(1),
                        entry.last.eq(last_sample),
                        entry.target.eq(wanted),
                        self.ended.eq(1),
                    ]
                    if local:
                        m.d.sync += wanted.eq(0)
                    m.next = "WAIT_DECISION"

        target = targets[0]
        threshold = Array(self.gate[number] for number in range(layout.logits))[layer]
        m.d.comb += [
            self.list_write.eq(seen & ((layer != 0) | layout.recurrent) & (magnitude <= threshold)),
            self.list_address.eq(list_base + listed),
            self.list_row.eq(row1),
            self.list_target.eq(target),
        ]
        with m.If(seen):
            m.d.sync += targets.eq(Cat(targets[1:], 0))
            with m.If(self.list_write):
                m.d.sync += listed.eq(listed + 1)

        # what a row is judged by: whether it is wrong, and how far from right
        judged, wrong, size, judged_row, judged_target, ends_group = (
            seen,
            target == negative,
            magnitude,
            row1,
            target,
            closes,
        )
        if layout.recurrent:
            m.submodules.stability = stability = Stability(layout)
            with m.If((layer == 0) & moment[:1]):
                m.d.comb += self.list_address.eq(layout.network.widths[0] + listed)
            m.d.comb += [
                self.known_target.valid.eq(seen & (layer == 0)),
                self.known_target.step.eq(moment),
                self.known_target.row.eq(row1),
                self.known_target.target.eq(target),
                stability.asked.eq(rows),
                stability.valid.eq(self.known_target.valid),
                stability.fresh.eq((layer != 0) | (moment == self.last_step)),
                stability.row.eq(row1),
                stability.wrong.eq(wrong),
                stability.magnitude.eq(magnitude),
            ]
            judged, judged_row, judged_target, ends_group, was_wrong = (
                Signal.like(signal) for signal in (seen, row1, target, closes, seen)
            )
            m.d.sync += [
                judged.eq(seen & ((layer != 0) | first_step)),
                judged_row.eq(row1),
                judged_target.eq(target),
                ends_group.eq(closes),
                was_wrong.eq(wrong),
            ]
            wrong, size = Mux(layer == 0, stability.negative, was_wrong), stability.size
        better, best = Signal(), Signal.like(size)
        m.d.comb += better.eq(wrong & (~found | (size < best)))
        with m.If(judged):
            with m.If(better):
                m.d.sync += [found.eq(1), best.eq(size), best_row.eq(judged_row), best_target.eq(judged_target)]
            # an order counts only when it is pushed
            m.d.sync += [
                entry.end.eq(0),
                entry.layer.eq(layer),
                entry.row.eq(Mux(better, judged_row, best_row)),
                entry.target.eq(Mux(better, judged_target, best_target)),
            ]
            with m.If(ends_group):
                m.d.sync += [found.eq(0), self.push.eq(found | wrong)]
        return m
