"""The read-out: units become scores, scores a decision, and the sample's counters and kernels step.

Two samples are at work. Pair by pair, `Walk` goes through the sample decided last, if it learns: differences of its
counters choose kernels, and the counters step. Behind it the next sample's counters are summed up, place by place:
never before the walk has left the place, so that every sample sees the counters that the one before has left.

A pair passes these stages:

    0 pair ─► 1 units ─► 2 counters: add to the scores, or step and write ─► 3 difference ─► 4 choice, order
"""

from typing import Any

from amaranth.hdl import Array, Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.parts.lookup import lookup
from bep_hw.plan.ports import result_layout
from bep_hw.windows.choose import Draw, Group
from bep_hw.windows.front import edges, pool_offsets
from bep_hw.windows.judge import Judge
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout
from bep_hw.windows.pairs import PairWalk, pair_layout
from bep_hw.windows.places import Places
from bep_hw.windows.samples import header_layout, label_shape, moved_by
from bep_hw.windows.scores import ReadoutMemory, ReadoutStep, Scores
from bep_hw.windows.units import UnitMemory, unit_layout


class Head(wiring.Component):
    """See the ports' comments for its neighbours. ``draw_bits`` 0 builds selection ``group``."""

    IN_FLIGHT = 6
    """Orders that may still come when no pair enters any more: the walk waits for room for so many."""
    DRAIN = 6
    """Cycles from the last pair of a sample to its last order."""

    def __init__(self, layout: WindowLayout, draw_bits: int) -> None:
        self.layout, self.draw_bits = layout, draw_bits
        network, slots = layout.network, layout.machine.slots
        super().__init__(
            {
                # from the loader
                "headers": In(data.ArrayLayout(header_layout(layout), slots)),
                # from the array: a sample begins, its words of units follow; ``free`` allows the next one to begin
                "begins": In(1),
                "free": Out(1),
                "units_valid": In(1),
                "units": In(data.ArrayLayout(unit_layout(layout), layout.rows_per_word)),
                # registers
                "margin": In(Judge(layout).margin.shape()),
                "settled": In(1),
                "group_size": In(range(network.units + 1)),
                "seed_write": In(1),
                "seed": In(32),
                "state": Out(32),
                # results, and orders to the update engine, for which there is ``room`` for IN_FLIGHT more
                "results": Out(stream.Signature(result_layout(network))),
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
                # the host, while no sample is in flight: one counter of the read-out, read or written; ``host_done``
                # is high for a cycle when it is, and ``host_value`` was read
                "host_read": In(1),
                "host_write": In(1),
                "host_address": In(range(layout.pairs)),
                "host_class": In(label_shape(layout)),
                "host_offset": In(range(len(network.offsets))),
                "host_data": In(network.readout),
                "host_done": Out(1),
                "host_value": Out(signed(network.readout)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        slot = range(layout.machine.slots)
        m.submodules.units = units = UnitMemory(layout)
        m.submodules.readout = readout = ReadoutMemory(layout)
        m.submodules.scores = scores = Scores(layout)
        m.submodules.judge = judge = Judge(layout)
        m.submodules.stepper = stepper = ReadoutStep(layout)
        m.submodules.scoring = scoring = PairWalk(layout, offsets=False)
        m.submodules.walk = walk = PairWalk(layout, offsets=True)

        ended = Signal()  # a sample has gone through all of this
        waiting = self._units(m, units, scoring, ended)

        # the sample that is walked, and how many places the walk has left before the scores
        walking, busy, left = Signal(), Signal(), Signal()
        header, learner = Signal(header_layout(layout)), Signal(header_layout(layout))
        ahead = Signal(range(layout.geometry.place_count + 1))
        adding, scored, walked = Signal(), Signal(), Signal()  # and by turns where their units are
        number = Signal(slot)
        m.d.comb += [
            header.eq(self.headers[number]),
            walk.step.eq(walking & self.room),
            scoring.step.eq(adding & ~walk.step & (waiting != 0) & (~busy | (ahead != 0))),
        ]
        m.d.sync += ahead.eq(ahead + left - (scoring.step & scoring.ends_place))
        with m.If(~busy):
            m.d.sync += ahead.eq(0)

        # 0 to 1: units
        pair = Signal(pair_layout(layout))
        m.d.comb += [
            pair.eq(Mux(walk.step, walk.pair, scoring.pair)),
            units.sample.eq(Mux(walk.step, walked, scored)),
            units.number.eq(pair.number),
        ]
        host = Signal()
        pair1, walks1, adds1 = Signal.like(pair), Signal(), Signal()
        tags = Cat(walk.step & walk.ends_place, walk.step)
        m.d.sync += [pair1.eq(pair), walks1.eq(walk.step), adds1.eq(scoring.step)]
        with m.If(host):
            m.d.sync += [pair1.address.eq(self.host_address), pair1.offset.eq(self.host_offset)]
        # 1 to 2: the pair's units; counters
        unit, unit2, pair2 = Signal(unit_layout(layout)), Signal(unit_layout(layout)), Signal.like(pair)
        walks2, adds2, active2, near2 = Signal(), Signal(), Signal(), Signal()
        m.d.comb += [
            unit.eq(units.data[0] if len(units.data) == 1 else Array(units.data)[pair1.row]),
            readout.address.eq(pair1.address),
        ]
        m.d.sync += [
            unit2.eq(unit),
            pair2.eq(pair1),
            walks2.eq(walks1),
            adds2.eq(adds1),
            active2.eq(unit.active.bit_select(pair1.offset, 1)),
            near2.eq(unit.near.bit_select(pair1.offset, 1) & ~self.settled),
        ]
        up, down = Signal(layout.network.classes), Signal(layout.network.classes)
        m.d.comb += [
            scores.add.eq(adds2),
            scores.active.eq(unit2.active),
            scores.word.eq(readout.data),
            stepper.word.eq(readout.data),
            stepper.offset.eq(pair2.offset),
            stepper.active.eq(active2),
            stepper.up.eq(up),
            stepper.down.eq(down),
            stepper.value.eq(self.host_data),
            readout.write.eq(walks2 | stepper.load),
            readout.write_address.eq(pair2.address),
            readout.write_data.eq(stepper.stepped),
        ]
        leaves2 = self._later(m, tags, 2)
        m.d.comb += left.eq(leaves2[0])

        # 2 to 4: the difference of the two classes' counters
        of_up, of_down = Signal.like(stepper.of_up), Signal.like(stepper.of_down)
        difference = Signal(signed(layout.network.readout + 1))
        m.d.sync += [of_up.eq(stepper.of_up), of_down.eq(stepper.of_down), difference.eq(of_up - of_down)]
        near4, pooled4 = (self._later(m, value, 2) for value in (near2, unit2.pooled))
        row4, word4 = (self._later(m, value, 2) for value in (pair2.row, pair2.word))
        leaves4, walks4 = self._later(m, leaves2, 2)
        ends4 = self._later(m, walk.step & walk.ends, 4)
        chosen, order = self._choose(m, walks4, ends4, near4, difference)
        m.submodules.places = places = Places(layout)
        offsets = pool_offsets(layout)
        m.d.comb += [
            places.step.eq(leaves4),
            order.target.eq(~difference[-1]),
            order.word.eq(places.word + word4),
            order.row.eq(row4),
            order.position.eq(places.corner + lookup(m, offsets, pooled4) + moved_by(layout, learner)),
        ]
        if layout.leaves:
            m.d.comb += order.edges.eq(edges(m, layout, places, pooled4, learner))

        # decisions
        m.d.comb += [
            judge.scores.eq(scores.scores),
            judge.label.eq(header.label),
            judge.margin.eq(self.margin),
            self.results.payload.prediction.eq(judge.prediction),
            self.results.payload.triggered.eq(judge.learns & header.train),
        ]
        drained = Signal(range(4))
        decided = Signal()
        with m.FSM(name="decision"):
            with m.State("ADD"):
                m.d.comb += adding.eq(1)
                m.d.sync += drained.eq(0)
                with m.If(scoring.step & scoring.ends):
                    m.next = "DRAIN"
            with m.State("DRAIN"):
                m.d.sync += drained.eq(drained + 1)
                with m.If(drained == 2):
                    m.d.comb += judge.start.eq(1)
                    m.next = "JUDGE"
            with m.State("JUDGE"):
                with m.If(judge.done):
                    m.next = "DECIDED"
            with m.State("DECIDED"):
                # the walk of the sample before has left its last place, but may still wait to end
                m.d.comb += self.results.valid.eq(~busy)
                m.d.comb += [decided.eq(~busy & self.results.ready), scores.clear.eq(decided)]
                with m.If(decided):
                    m.d.sync += [number.eq(number + 1), scored.eq(~scored)]
                    m.next = "ADD"
        self._walk(m, walk, walking, busy, walked, decided, scored, learner, header, judge, ended, (chosen, order))
        with m.If(decided):
            m.d.sync += [up.eq(1 << header.label), down.eq(1 << judge.rival)]

        # the host
        m.d.comb += host.eq(self.host_read | self.host_write)
        with m.If(host):
            m.d.sync += [up.eq(1 << self.host_class), down.eq(0)]
        m.d.comb += [
            stepper.load.eq(self._later(m, self.host_write, 2)),
            self.host_done.eq(self._later(m, host, 3)),
            self.host_value.eq(of_up),
        ]
        return m

    def _later(self, m: Module, value: Any, cycles: int) -> Signal:
        """``value`` of so many cycles before."""
        for _ in range(cycles):
            stage = Signal.like(value) if isinstance(value, Signal) else Signal(len(value))
            m.d.sync += stage.eq(value)
            value = stage
        return value

    def _units(self, m: Module, units: UnitMemory, scoring: PairWalk, ended: Signal) -> Signal:
        """Words of units come in; how many of them wait to be added."""
        layout = self.layout
        writing, written = Signal(), Signal(range(layout.place_words))
        waiting, inside, added = Signal(range(2 * layout.place_words + 1)), Signal(range(3)), Signal()
        last = written == layout.place_words - 1
        m.d.comb += [
            units.write.eq(self.units_valid),
            units.write_sample.eq(writing),
            units.write_number.eq(written),
            units.write_data.eq(self.units),
            # two samples are inside from the first row of one to the end of the other
            self.free.eq(inside < 2),
            added.eq(scoring.step & ((scoring.pair.row == layout.rows_per_word - 1) | scoring.ends_place)),
        ]
        m.d.sync += [
            waiting.eq(waiting + self.units_valid - added),
            inside.eq(inside + self.begins - ended),
        ]
        with m.If(self.units_valid):
            m.d.sync += [written.eq(Mux(last, 0, written + 1)), writing.eq(writing ^ last)]
        return waiting

    def _choose(self, m: Module, valid: Any, ends: Any, near: Any, difference: Signal) -> tuple[Any, Any]:
        """An order is pushed with the first of the result; the second one is to be filled in with every unit."""
        order = Signal(order_layout(self.layout))
        m.d.comb += [order.end.eq(0), order.last.eq(0)]
        if self.draw_bits:
            m.submodules.draw = draw = Draw(self.layout, self.draw_bits)
            m.d.comb += [
                draw.valid.eq(valid),
                draw.near.eq(near),
                draw.difference.eq(difference),
                draw.load.eq(self.seed_write),
                draw.seed.eq(self.seed),
                self.state.eq(draw.state),
                self.order.eq(order),
            ]
            return draw.chosen, order
        m.submodules.group = group = Group(self.layout)
        m.d.comb += [
            group.size.eq(self.group_size),
            group.valid.eq(valid),
            group.ends.eq(ends),
            group.near.eq(near),
            group.difference.eq(difference),
            group.order.eq(order),
            self.order.eq(group.choice),
        ]
        return group.chosen, order

    def _walk(
        self,
        m: Module,
        walk: PairWalk,
        walking: Signal,
        busy: Signal,
        walked: Signal,
        decided: Signal,
        scored: Signal,
        learner: Signal,
        header: Any,
        judge: Judge,
        ended: Signal,
        choice: tuple[Any, Any],
    ) -> None:
        """A decided sample is walked if it learns; then it ends."""
        chosen, _ = choice
        age, learns = Signal(range(self.DRAIN)), Signal()
        m.d.comb += self.push.eq(chosen)
        with m.FSM(name="walk"):
            with m.State("IDLE"):
                m.d.sync += age.eq(0)
                with m.If(decided):
                    m.d.sync += [
                        busy.eq(1),
                        learner.eq(header),
                        walked.eq(scored),
                        learns.eq(judge.learns & header.train),
                    ]
                    with m.If(judge.learns & header.train):
                        m.next = "WALK"
                    with m.Else():
                        m.next = "END"
            with m.State("WALK"):
                m.d.comb += walking.eq(1)
                with m.If(walk.step & walk.ends):
                    m.next = "DRAIN"
            with m.State("DRAIN"):
                m.d.sync += age.eq(age + 1)
                with m.If(age == self.DRAIN - 1):
                    m.next = "END"
            with m.State("END"):
                with m.If(self.room):
                    m.d.comb += [
                        ended.eq(1),
                        self.push.eq(1),
                        self.order.end.eq(1),
                        self.order.last.eq(learner.last),
                        self.order.target.eq(learns),
                    ]
                    m.d.sync += busy.eq(0)
                    m.next = "IDLE"
