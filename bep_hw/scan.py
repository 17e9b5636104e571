"""After a trigger: who is updated, and which rows carry the error on.

Target bits of a segment of a layer meet its pre-activations, row by row: in each group of γ rows the wrong one with
the smallest |z| wins (Sec. 3.3), and rows with |z| at most the gate threshold enter the list that the next backward
pass reads (Eq. 7).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.program import Kind, Pass


def order_layout(layout: Layout) -> data.StructLayout:
    """An order to the update engine: a winner (its layer, row and target), or the ``end`` of a sample."""
    return data.StructLayout(
        {
            "end": 1,
            "last": 1,  # with end: the mini-batch ends behind this sample
            "target": 1,
            "layer": range(max(2, len(layout.trainable))),
            "row": range(max(layout.network.hidden)),
        }
    )


class WinnerScan(wiring.Component):
    """One row a cycle; orders are pushed while there is ``room`` for three more.

    ``decided`` with ``triggered`` starts it, ``sums_done`` (with ``index``, the pass) hands it a segment's targets.
    Without a trigger only the sample's end is sent, and a segment already summed is dropped. ``clear`` is high when
    the column accumulators are free again, ``gated`` is the length of the list last completed, ``ended`` closes the
    sample. ``known`` is high from the decision on until the next sample is classified.
    """

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        network = layout.network
        widest = max(network.fan_in)
        self.list_depth = max(1, layout.list_depth)
        super().__init__(
            {
                "decided": In(1),
                "triggered": In(1),
                "last": In(1),
                "known": In(1),
                "sums_done": In(1),
                "index": In(range(len(program))),
                "targets": In(layout.backward_lanes),
                "clear": Out(1),
                "ended": Out(1),
                "gated": Out(range(max(network.hidden) + 1)),
                "group_size": In(data.ArrayLayout(range(max(network.hidden) + 1), len(network.hidden))),
                "gate": In(data.ArrayLayout(range(widest + 1), len(network.hidden))),
                "z_address": Out(range(sum(network.hidden))),
                "magnitude": In(range(widest + 1)),
                "negative": In(1),
                "list_write": Out(1),
                "list_address": Out(range(self.list_depth)),
                "list_row": Out(range(max(network.hidden))),
                "list_target": Out(1),
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
            }
        )

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
        rows = Signal.like(self.list_row)
        segments = [item if item.kind is not Kind.FORWARD else None for item in self.program]
        index = Signal.like(self.index)

        def field(value_of: Callable[[Pass], int]) -> Signal:
            return lookup(m, (value_of(item) if item else 0 for item in segments), index)

        start = field(lambda item: item.start)
        count = field(lambda item: item.count)
        first = field(lambda item: int(item.first))
        last = field(lambda item: int(item.last))
        layer = field(lambda item: item.layer - 1)
        row_base = field(lambda item: layout.layers[item.layer - 1].row_base)
        list_base = field(lambda item: layout.layers[item.layer - 1].list_base)

        targets = Signal(layout.backward_lanes)
        summed, last_sample = Signal(), Signal()
        with m.If(self.sums_done):
            m.d.sync += [summed.eq(1), index.eq(self.index)]
        with m.If(self.clear):
            m.d.sync += summed.eq(0)

        step, seen = Signal.like(count), Signal()  # rows asked for; a row's pre-activation is there
        entry = self.order
        m.d.sync += [seen.eq(0), self.push.eq(0), self.clear.eq(0), self.ended.eq(0)]
        m.d.comb += self.z_address.eq(row_base + rows)
        listed = Signal.like(self.gated)
        in_group = Signal.like(self.gated)
        found, best, best_row, best_target = Signal(), Signal.like(self.magnitude), Signal.like(rows), Signal()
        row1 = Signal.like(rows)

        with m.FSM():
            with m.State("WAIT_DECISION"):
                with m.If(self.decided):
                    m.d.sync += last_sample.eq(self.last)
                    with m.If(self.triggered):
                        m.next = "WAIT_TARGETS"
                    with m.Else():
                        m.next = "END"
                with m.Elif(self.known & summed & ~self.clear):
                    m.d.sync += self.clear.eq(1)  # targets of a sample that did not trigger
            with m.State("WAIT_TARGETS"):
                with m.If(summed & ~self.clear):
                    m.d.sync += [targets.eq(self.targets), rows.eq(start), step.eq(0)]
                    with m.If(first):
                        m.d.sync += [listed.eq(0), in_group.eq(0), found.eq(0)]
                    m.next = "SCAN"
            with m.State("SCAN"):
                with m.If(step == count):
                    with m.If(~seen):
                        m.d.sync += self.clear.eq(1)
                        with m.If(last):
                            m.d.sync += self.gated.eq(listed)
                        with m.If(last & (layer == 0)):
                            m.next = "END"
                        with m.Else():
                            m.next = "WAIT_TARGETS"
                with m.Elif(self.room):
                    m.d.sync += [seen.eq(1), step.eq(step + 1), rows.eq(rows + 1), row1.eq(rows)]
            with m.State("END"):
                with m.If(self.room):
                    m.d.sync += [
                        self.push.eq(1),
                        entry.end.eq(1),
                        entry.last.eq(last_sample),
                        self.ended.eq(1),
                    ]
                    m.next = "WAIT_DECISION"

        wrong, better = Signal(), Signal()
        target = targets[0]
        group = Array(self.group_size[number] for number in range(len(layout.trainable)))[layer]
        threshold = Array(self.gate[number] for number in range(len(layout.trainable)))[layer]
        m.d.comb += [
            wrong.eq(target == self.negative),
            better.eq(wrong & (~found | (self.magnitude < best))),
            self.list_write.eq(seen & (layer != 0) & (self.magnitude <= threshold)),
            self.list_address.eq(list_base + listed),
            self.list_row.eq(row1),
            self.list_target.eq(target),
        ]
        with m.If(seen):
            m.d.sync += [targets.eq(Cat(targets[1:], 0)), in_group.eq(in_group + 1)]
            with m.If(self.list_write):
                m.d.sync += listed.eq(listed + 1)
            with m.If(better):
                m.d.sync += [found.eq(1), best.eq(self.magnitude), best_row.eq(row1), best_target.eq(target)]
            with m.If(in_group + 1 == group):
                m.d.sync += [in_group.eq(0), found.eq(0)]
                m.d.sync += [
                    self.push.eq(found | wrong),
                    entry.end.eq(0),
                    entry.layer.eq(layer),
                    entry.row.eq(best_row),
                    entry.target.eq(best_target),
                ]
                with m.If(better):
                    m.d.sync += [entry.row.eq(row1), entry.target.eq(target)]
        return m
