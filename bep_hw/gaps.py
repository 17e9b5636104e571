"""Reinforcement: walks from hit to hit down the columns of each layer (the hardware of `bep_ref.reinforce`)."""

from typing import Any

import numpy as np
from amaranth.hdl import Array, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.registers import TABLE_STRIDE
from bep_ref.reinforce import DIGITS, OFF, PLANES, Xorshift32
from bep_ref.reinforce import hits as reference_hits


def hit_layout(layout: Layout) -> data.StructLayout:
    """A counter to reinforce: its group in the hidden plane and its lane in the group."""
    return data.StructLayout(
        {"address": range(layout.hidden_depth), "lane": range(max(2, layout.machine.update_lanes))}
    )


def xorshift(state: Signal) -> Any:
    """One step of Marsaglia's xorshift32 (13, 17, 5); a word is the upper half of the new state."""
    first = state ^ (state << 13)[:32]
    second = first ^ (first >> 17)
    return second ^ (second << 5)[:32]


class GapWalker(wiring.Component):
    """``start`` walks all layers once; ``busy`` until the last hit is taken. ``seed`` is loaded on ``load``.

    Bit planes of a layer's thresholds are read from the table, entry ``16 * layer + k``; each decides about half of the
    comparisons still open, so a draw takes four or five cycles.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "start": In(1),
                "busy": Out(1),
                "load": In(1),
                "seed": In(32),
                "state": Out(32, init=1),
                "hits": Out(stream.Signature(hit_layout(layout))),
                "table_address": Out(range(TABLE_STRIDE * len(layout.trainable))),
                "table_granted": In(1),
                "table_data": In(16),
            }
        )

    def model(self, tables: list[tuple[int, ...]], generator: Xorshift32) -> NDArray[Any]:
        """Hits (n, 2) in order, (address, lane) each, of one table of bit planes a layer; steps ``generator``."""
        chunk, found = self.layout.machine.update_lanes, []
        for layer, (table, place) in enumerate(zip(tables, self.layout.trainable, strict=True)):
            index = np.array(list(reference_hits(table, place.rows * place.fan_in, generator)), dtype=int)
            column, row = np.divmod(index, place.rows)
            group, lane = np.divmod(column, chunk)
            found.append(np.stack([self.layout.group_address(layer, group, row), lane], axis=1))
        return np.concatenate(found)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, places = self.layout, self.layout.trainable
        lanes = layout.machine.update_lanes
        layer = Signal(range(len(places) + 1))

        rows = lookup(m, [place.rows for place in places], layer)
        flips = lookup(m, [int(layout.flips(index)) for index in range(len(places))], layer)
        row = Signal(range(max(place.rows for place in places) + (1 << DIGITS) + 1))
        lane = Signal(range(max(2, lanes)))
        base = Signal(range(layout.hidden_depth + max(place.rows for place in places)))
        flip = Signal()
        columns = Signal(range(max(place.fan_in for place in places) + 1))
        plane = Signal(range(PLANES + 1))
        asked = Signal()
        hit = Signal()
        undecided, value = Signal(1 + DIGITS, init=-1), Signal(1 + DIGITS)
        following = Signal(32)
        word = following[16:]
        differ = Signal.like(undecided)
        m.d.comb += [following.eq(xorshift(self.state)), differ.eq((word ^ self.table_data) & undecided)]
        m.d.comb += [
            self.table_address.eq(layer * TABLE_STRIDE + plane),
            self.hits.payload.address.eq((base + row) ^ (flip & flips)),
            self.hits.payload.lane.eq(lane),
        ]
        m.d.sync += [asked.eq(0), plane.eq(0)]
        with m.FSM() as fsm:
            m.d.comb += self.busy.eq(~fsm.ongoing("IDLE"))
            with m.State("IDLE"):
                m.d.sync += layer.eq(0)
                with m.If(self.load):
                    m.d.sync += self.state.eq(self.seed)
                with m.If(self.start):
                    m.next = "LAYER"
            with m.State("LAYER"):
                m.d.sync += [
                    base.eq(Array(Const(place.hidden_base, len(base)) for place in places)[layer]),
                    columns.eq(Array(Const(place.fan_in, len(columns)) for place in places)[layer]),
                    row.eq(0),
                    lane.eq(0),
                    flip.eq(0),
                ]
                m.next = "IDLE"
                with m.If(layer != len(places)):
                    m.next = "DRAW"
            with m.State("DRAW"):
                # one plane a cycle, while the backward pass leaves the port free
                m.d.sync += plane.eq(plane)
                with m.If(self.table_granted & (plane != PLANES)):
                    m.d.sync += [asked.eq(1), plane.eq(plane + 1)]
                with m.If(asked & (self.table_data == OFF)):
                    m.d.sync += [asked.eq(0), layer.eq(layer + 1)]
                    m.next = "LAYER"
                with m.Elif(asked):
                    m.d.sync += [
                        self.state.eq(following),
                        value.eq(value | (differ & self.table_data)),
                        undecided.eq(undecided & ~differ),
                    ]
                    with m.If((differ == undecided) | (plane == PLANES)):
                        m.d.sync += asked.eq(0)
                        m.next = "ADD"
            with m.State("ADD"):
                m.d.sync += [row.eq(row + Mux(value[0], 1 << DIGITS, value[1:])), hit.eq(~value[0])]
                m.d.sync += [undecided.eq(-1), value.eq(0)]
                m.next = "MOVE"
            with m.State("MOVE"):
                with m.If(row >= rows):
                    m.d.sync += [row.eq(row - rows), columns.eq(columns - 1), lane.eq(lane + 1)]
                    with m.If(lane == lanes - 1):
                        m.d.sync += [lane.eq(0), base.eq(base + rows), flip.eq(~flip)]
                    with m.If(columns == 1):
                        m.d.sync += layer.eq(layer + 1)
                        m.next = "LAYER"
                with m.Elif(hit):
                    m.next = "HIT"
                with m.Else():
                    m.next = "DRAW"
            with m.State("HIT"):
                m.d.comb += self.hits.valid.eq(1)
                with m.If(self.hits.ready):
                    m.d.sync += [row.eq(row + 1), hit.eq(0)]
                    m.next = "DRAW"
                    with m.If(row + 1 == rows):
                        m.next = "MOVE"
        return m
