"""Reinforcement: walks from hit to hit through the counters of each layer (`bep_ref.networks.reinforce`)."""

from typing import Any

import numpy as np
from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.host import Seed
from bep_hw.interfaces.learning import ThresholdRead, hit_layout
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import TABLE_STRIDE
from bep_ref.networks.reinforce import DIGITS, OFF, PLANES, Xorshift32
from bep_ref.networks.reinforce import hits as reference_hits


def xorshift(state: Signal) -> Any:
    """One step of Marsaglia's xorshift32 (13, 17, 5); a word is the upper half of the new state."""
    first = state ^ (state << 13)[:32]
    second = first ^ (first >> 17)
    return second ^ (second << 5)[:32]


class GapWalker(wiring.Component):
    """``start`` walks all layers once; ``busy`` until the last hit is taken.

    Bit planes of a layer's thresholds are read from the table, entry ``16 * layer + k``; each decides about half of the
    comparisons still open, so a draw takes four or five cycles, and one more to the next. The first plane is
    kept.
    """

    DRAW = 6.5
    """Mean cycles from one gap to the next: nine bits are compared with random ones, bit plane by bit plane."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "start": In(1),
                "busy": Out(1),
                "seed": In(Seed()),  # loaded while it is not busy
                "hits": Out(stream.Signature(hit_layout(layout))),  # in the order of the sweep
                "thresholds": Out(ThresholdRead(layout)),
            }
        )

    def model(self, tables: list[tuple[int, ...]], generator: Xorshift32) -> NDArray[Any]:
        """Hits (n, 2) in order, (address, lane) each, of one table of bit planes a layer; steps ``generator``."""
        lanes, found = self.layout.slice_lanes, []
        for table, place in zip(tables, self.layout.trainable, strict=True):
            slices = self.layout.slices(place)
            positions = np.array(list(reference_hits(table, slices * lanes, generator)), dtype=int)
            address, lane = np.divmod(positions, lanes)
            found.append(np.stack([place.hidden_base + address, lane], axis=1))
        return np.concatenate(found)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, places = self.layout, self.layout.trainable
        lanes = layout.slice_lanes
        sizes = [layout.slices(place) * lanes for place in places]
        layer = Signal(range(len(places) + 1))

        # where the walk is: a slice and a lane (beyond the slice while a gap is being added)
        address, lane = Signal(range(layout.bank_depth)), Signal(range(lanes + (1 << DIGITS) + 1))
        # counters of the layer behind it; below zero it has left the layer, and the generator waits for no comparison
        left = Signal(range(-(1 << DIGITS) - 1, max(sizes)))
        hit, after_hit = Signal(), Signal()
        plane = Signal(range(PLANES + 1))
        # a plane asked for; and in a register, with a flag for the last one
        asked, here, final, entry = Signal(), Signal(), Signal(), Signal.like(self.thresholds.data)
        ask = Signal()
        undecided, value = Signal(1 + DIGITS, init=-1), Signal(1 + DIGITS)
        kept, top, compared = Signal(), Signal.like(undecided), Signal.like(undecided)
        following = Signal(32)
        word = following[16:]
        differ = Signal.like(undecided)
        m.d.comb += [
            following.eq(xorshift(self.seed.state)),
            compared.eq(entry),
            differ.eq((word ^ compared) & undecided),
            self.thresholds.address.eq(layer * TABLE_STRIDE + plane),
        ]
        # planes come one a cycle, while the backward pass leaves the port free
        m.d.sync += [asked.eq(0), here.eq(asked), final.eq(plane == PLANES), entry.eq(self.thresholds.data)]
        with m.If(ask & self.thresholds.granted & (plane != PLANES)):
            m.d.sync += [asked.eq(1), plane.eq(plane + 1)]
        forget = [asked.eq(0), here.eq(0), plane.eq(kept)]
        compare = [
            self.seed.state.eq(following),
            value.eq(value | (differ & compared)),
            undecided.eq(undecided & ~differ),
        ]

        with m.If(self.hits.ready):
            m.d.sync += self.hits.valid.eq(0)
        with m.FSM() as fsm:
            m.d.comb += self.busy.eq(~fsm.ongoing("IDLE") | self.hits.valid)
            with m.State("IDLE"):
                m.d.sync += [layer.eq(0), address.eq(0), kept.eq(0)]
                with m.If(self.seed.load):
                    m.d.sync += self.seed.state.eq(self.seed.value)
                with m.If(self.start):
                    m.next = "LAYER"
            with m.State("LAYER"):
                # layers follow each other without a hole
                m.d.sync += [address.eq(lookup(m, [place.hidden_base for place in places], layer)), *forget]
                m.d.sync += [left.eq(lookup(m, [size - 1 for size in sizes], layer)), lane.eq(0)]
                m.d.sync += [after_hit.eq(0), plane.eq(0)]
                m.next = "IDLE"
                with m.If(layer != len(places)):
                    m.next = "DRAW"
            with m.State("DRAW"):
                m.d.comb += ask.eq(1)
                with m.If(undecided == 0):  # all by the first plane
                    m.d.sync += forget
                    m.next = "ADD"
                with m.Elif(here & entry[OFF.bit_length() - 1]):
                    m.d.sync += layer.eq(layer + 1)
                    m.next = "LAYER"
                with m.Elif(here):
                    m.d.sync += [*compare, kept.eq(1)]
                    with m.If(~kept):
                        m.d.sync += top.eq(entry)
                    with m.If((differ == undecided) | final):
                        m.d.sync += [*forget, plane.eq(1)]  # the first plane is kept from now on
                        m.next = "ADD"
            with m.State("ADD"):
                # the next draw's second plane is fetched meanwhile
                m.d.comb += ask.eq(1)
                m.d.sync += [undecided.eq(-1), value.eq(0), hit.eq(~value[0]), after_hit.eq(~value[0])]
                gap = Mux(value[0], 1 << DIGITS, value[1:])
                total = lane + gap + after_hit
                m.d.sync += left.eq(left - gap - after_hit)
                if lanes & (lanes - 1):
                    m.d.sync += [lane.eq(total), *forget]
                    m.next = "MOVE"
                else:
                    bits = lanes.bit_length() - 1
                    m.d.sync += [address.eq(address + (total >> bits)), lane.eq(total[:bits])]
                    m.next = "CHECK"
            with m.State("MOVE"):
                with m.If(lane >= lanes):
                    m.d.sync += [address.eq(address + 1), lane.eq(lane - lanes)]
                with m.Else():
                    m.next = "CHECK"
            with m.State("CHECK"):
                m.d.comb += [ask.eq(1), compared.eq(top)]
                past, taken = Signal(), Signal()
                m.d.comb += [past.eq(left < 0), taken.eq(hit & ~past & ~self.hits.valid)]
                with m.If(taken):
                    m.d.sync += [
                        self.hits.valid.eq(1),
                        self.hits.payload.address.eq(address),
                        self.hits.payload.lane.eq(lane),
                    ]
                # behind the layer's last counter nothing is drawn any more
                with m.If(past | (taken & (left == 0))):
                    m.d.sync += [layer.eq(layer + 1), kept.eq(0)]
                    m.next = "LAYER"
                with m.Elif(hit & ~taken):
                    m.d.sync += forget
                with m.Else():
                    m.d.sync += compare
                    m.next = "DRAW"
        return m
