"""After a trigger: who is updated, and which rows carry the error on.

Target bits of a segment of a layer meet its pre-activations, row by row: in each group of γ rows the wrong one with
the smallest |z| wins (Sec. 3.3), and rows with |z| at most the gate threshold enter the list that the next backward
pass reads (Eq. 7).
"""

from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.host import Settings
from bep_hw.interfaces.learning import Decisions, ListWrite, Orders, ScanProgress, target_layout
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Pass
from bep_hw.winners.rows import ScanRows
from bep_hw.winners.stability import Stability


class WinnerScan(wiring.Component):
    """One row a cycle; orders are pushed while there is room for all that are on their way.

    A decision that triggered starts it, ``sums_done`` (with ``index``, the pass) hands it a segment's targets. Without
    a trigger only the sample's end is sent, and a segment already summed is dropped. `ScanProgress` says ``ended`` of a
    sample, or by the local rule of a layer, the last of which ``predicts``; it says ``releases`` row by row if the
    first layer is scanned last.

    A recurrent state is scanned once a step, from ``last_step`` to 0; its winners are those of the time-summed
    stability, found with the last scan. ``known_target`` reports each desired state as it passes.
    """

    START = 2
    """Cycles from targets, or the decision, to the first row asked for."""
    ORDER = 3
    """Cycles from the last row of a group, asked for, to its order."""
    CLEAR = 4
    """Cycles from a segment's last row, asked for, to free column accumulators."""
    END = 2
    """Cycles from a decision that did not trigger, or from the last order, to the order that ends the sample."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        network = layout.network
        super().__init__(
            {
                "settings": In(Settings(layout)),
                "decisions": In(Decisions()),
                "sums_done": In(1),  # a segment's targets are complete, and stay until they are cleared
                "index": In(range(len(program))),  # of the pass, with ``sums_done``
                "targets": In(layout.backward_lanes),  # of the segment's rows, +1 as 1, the first row lowest
                "progress": Out(ScanProgress(layout)),
                # memory of pre-activations
                "z_address": Out(range(layout.z_depth)),  # of the row asked for
                "magnitude": In(range(max(network.fan_in) + 1)),  # |z|, one cycle after its address
                "negative": In(1),  # whether z < 0, with ``magnitude``
                "gated": Out(ListWrite(layout)),
                "known_target": Out(target_layout(layout)),
                "orders": Out(Orders(layout)),
            }
        )
        # for a trace: the pass whose targets are scanned, and whether one of its rows is judged in this cycle
        self.segment, self.seen = Signal.like(self.index, name="index"), Signal(name="seen")

    @staticmethod
    def orders_under_way(layout: Layout) -> int:
        """Orders that may still come after there was room: a row each between its address and its order.

        Where stabilities are summed, a row takes one cycle more.
        """
        return 4 + layout.recurrent

    def model(
        self, z: NDArray[Any], targets: NDArray[Any], group_size: int, gate: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Rows of winners (m,) and of list entries (k,), both rising, of a layer's z (K,) and target bits (K,)."""
        wrong = targets.astype(bool) == (z < 0)
        keys = np.where(wrong, np.abs(z), np.iinfo(z.dtype).max).reshape(-1, group_size)
        winners = np.arange(0, len(z), group_size) + keys.argmin(axis=1)
        return winners[wrong[winners]], np.flatnonzero(np.abs(z) <= gate)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        rows = ScanRows(self, m)
        rows.drive(m)
        self._list(m, rows)
        self._judge(m, rows)
        return m

    def _list(self, m: Module, rows: ScanRows) -> None:
        """Rows that pass the gate."""
        layout, gated, target = self.layout, self.gated, rows.targets[0]
        list_base = rows.field(m, lambda item: layout.completing(item.neuron_layer).list_base)
        threshold = Array(self.settings.gate[number] for number in range(layout.logit_layer))[rows.layer]
        m.d.comb += [
            gated.valid.eq(self.seen & ((rows.layer != 0) | layout.recurrent) & (rows.magnitude <= threshold)),
            gated.address.eq(list_base + rows.listed),
            gated.row.eq(rows.row1),
            gated.target.eq(target),
        ]
        if layout.recurrent:
            with m.If((rows.layer == 0) & rows.moment[:1]):
                m.d.comb += gated.address.eq(layout.network.widths[0] + rows.listed)
        with m.If(self.seen):
            m.d.sync += rows.targets.eq(Cat(rows.targets[1:], 0))
            with m.If(gated.valid):
                m.d.sync += rows.listed.eq(rows.listed + 1)

    def _judge(self, m: Module, rows: ScanRows) -> None:
        """The winner of a group: whether a row is wrong, and how far from right."""
        layer, order, target = rows.layer, self.orders.payload, rows.targets[0]
        judged, wrong, size, row, judged_target, ends_group = (
            self.seen,
            target == rows.negative,
            rows.magnitude,
            rows.row1,
            target,
            rows.closes,
        )
        if self.layout.recurrent:
            stability = self._stability(m, rows, wrong)
            judged, row, judged_target, ends_group, was_wrong = (
                Signal.like(signal, name=name)
                for name, signal in {
                    "judged": judged,
                    "judged_row": row,
                    "judged_target": target,
                    "ends_group": ends_group,
                    "was_wrong": judged,
                }.items()
            )
            m.d.sync += [
                judged.eq(self.seen & ((layer != 0) | rows.first_step)),
                row.eq(rows.row1),
                judged_target.eq(target),
                ends_group.eq(rows.closes),
                was_wrong.eq(wrong),
            ]
            wrong, size = Mux(layer == 0, stability.negative, was_wrong), stability.size
        found, best_row, best_target = rows.found, Signal.like(self.gated.row), Signal()
        better, best = Signal(), Signal.like(size)
        m.d.comb += better.eq(wrong & (~found | (size < best)))
        with m.If(judged):
            with m.If(better):
                m.d.sync += [found.eq(1), best.eq(size), best_row.eq(row), best_target.eq(judged_target)]
            # an order counts only when it is pushed
            m.d.sync += [
                order.end.eq(0),
                order.layer.eq(layer),
                order.row.eq(Mux(better, row, best_row)),
                order.target.eq(Mux(better, judged_target, best_target)),
            ]
            with m.If(ends_group):
                m.d.sync += [found.eq(0), self.orders.valid.eq(found | wrong)]

    def _stability(self, m: Module, rows: ScanRows, wrong: Any) -> Stability:
        """The sums over the steps of a sequence."""
        m.submodules.stability = stability = Stability(self.layout)
        m.d.comb += [
            self.known_target.valid.eq(self.seen & (rows.layer == 0)),
            self.known_target.step.eq(rows.moment),
            self.known_target.row.eq(rows.row1),
            self.known_target.target.eq(rows.targets[0]),
            stability.asked.eq(rows.rows),
            stability.valid.eq(self.known_target.valid),
            stability.fresh.eq((rows.layer != 0) | (rows.moment == self.settings.last_step)),
            stability.row.eq(rows.row1),
            stability.wrong.eq(wrong),
            stability.magnitude.eq(rows.magnitude),
        ]
        return stability
