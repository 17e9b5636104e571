"""The update engine: winners' counters up and down, commit, reinforcement.

Orders are carried out one after the other, N counters a cycle, read – step – write in a pipeline of three cycles:

    0 read group and inputs ─► 1 data ─► 2 step (or signs, on a commit) ─► 3 write

A counter must not come back within three cycles, so every order takes at least four.
"""

import enum
from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.counters import CounterStep
from bep_hw.gaps import hit_layout
from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.scan import order_layout


class Action(enum.IntEnum):
    """What happens to a group on its way through the pipeline."""

    STEP = 0  # all lanes, towards the target
    REINFORCE = 1  # one lane, away from zero
    COMMIT = 2  # signs to the visible plane
    FETCH = 3  # to the host


class UpdateEngine(wiring.Component):
    """See the comments at the ports. ``ORDER_CYCLES`` is the shortest order."""

    ORDER_CYCLES = 4

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        machine = layout.machine
        width = machine.update_lanes * layout.network.counter_bits
        super().__init__(
            {
                # orders, and what comes of them
                "orders": In(stream.Signature(order_layout(layout))),
                "freed": Out(range(2 * machine.slots)),
                "committed": Out(1),
                "idle": Out(1),
                # reinforcement behind a batch with winners
                "walk": Out(1),
                "walking": In(1),
                "hits": In(stream.Signature(hit_layout(layout))),
                # the host: a commit, or one group of counters
                "host_commit": In(1),
                "host_read": In(1),
                "host_write": In(1),
                "host_address": In(range(layout.hidden_depth)),
                "host_data": In(width),
                "host_done": Out(1),
                "host_result": Out(width),
                # hidden plane
                "read": Out(1),
                "address": Out(range(layout.hidden_depth)),
                "read_data": In(width),
                "refused": In(1),
                "write": Out(1),
                "write_address": Out(range(layout.hidden_depth)),
                "write_data": Out(width),
                # sample memory
                "sample_address": Out(range(machine.slots * layout.slot_chunks)),
                "sample_data": In(machine.update_lanes),
                # visible plane
                "visible_write": Out(1),
                "visible_address": Out(range(layout.plane_depth)),
                "visible_column": Out(range(layout.columns_per_word)),
                "visible_data": Out(layout.column),
            }
        )

    def model(
        self, action: Action, counters: NDArray[Any], inputs: NDArray[Any], target: int = 1, lane: int = 0
    ) -> NDArray[Any]:
        """Counters (n,) after a STEP (``inputs`` (n,) and ``target`` are bits) or a REINFORCE of ``lane``."""
        up, enable = (
            (inputs == target, 1) if action is Action.STEP else (counters >= 0, np.arange(len(counters)) == lane)
        )
        return np.clip(counters + enable * np.where(up, 1, -1), *self.layout.network.counter_range)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, places = self.layout, self.layout.trainable
        lanes, bits, slots = layout.machine.update_lanes, layout.network.counter_bits, layout.machine.slots
        per_column = layout.chunks_per_column
        action = Signal(Action)
        layer = Signal(range(max(2, len(places))))

        # the walk over groups: linear address, its bank flip, chunks left, cycles since the order began
        linear = Signal(range(layout.hidden_depth + max(place.rows for place in places) * per_column))
        flip, chunk = Signal(), Signal(range(max(place.stored_chunks for place in places) + 1))
        target = Signal()
        source = Signal(range(layout.slot_chunks))
        running = Signal()
        age = Signal(range(self.ORDER_CYCLES))
        touched, committing, reinforce_next = Signal(), Signal(), Signal()
        lane = Signal(range(max(2, lanes)))
        rows = lookup(m, [place.rows for place in places], layer)
        flips = lookup(m, [int(layout.flips(index)) for index in range(len(places))], layer)

        go = Signal()
        m.d.comb += [
            self.read.eq(running),
            self.address.eq(linear ^ (flip & flips)),
            self.sample_address.eq(self.freed[: (slots - 1).bit_length()] * layout.slot_chunks + source),
            go.eq(running & ~self.refused),
        ]
        with m.If(age != self.ORDER_CYCLES - 1):
            m.d.sync += age.eq(age + 1)

        # commit: rows of a column, and the groups of a column within a row
        row = Signal(range(max(place.rows for place in places)))
        part = Signal(range(max(2, per_column)))
        column_end, row_end, layer_end = Signal(), Signal(), Signal()
        last_chunks = [place.stored_chunks - per_column for place in places]  # where each layer's last column begins
        m.d.comb += [
            row_end.eq(part == per_column - 1),
            column_end.eq(row_end & (row == rows - 1)),
            layer_end.eq(column_end & (chunk == lookup(m, last_chunks, layer))),
        ]

        m.d.sync += [self.walk.eq(0)]
        last_layer = layer == len(places) - 1
        order = self.orders.payload
        drained = Signal()
        m.d.comb += drained.eq(age == self.ORDER_CYCLES - 1)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += self.idle.eq(drained & ~self.orders.valid)
                m.d.sync += [chunk.eq(0), flip.eq(0), part.eq(0), row.eq(0)]
                with m.If(self.orders.valid):
                    with m.If(order.end):
                        m.d.comb += self.orders.ready.eq(1)
                        m.d.sync += self.freed.eq(self.freed + 1)
                        with m.If(order.last):
                            m.d.sync += reinforce_next.eq(touched)
                            with m.If(touched):
                                m.next = "COMMIT"
                            with m.Else():
                                m.d.comb += self.committed.eq(1)
                    with m.Elif(drained):
                        m.d.comb += self.orders.ready.eq(1)
                        m.d.sync += [
                            touched.eq(1),
                            running.eq(1),
                            action.eq(Action.STEP),
                            age.eq(0),
                            layer.eq(order.layer),
                            target.eq(order.target),
                            linear.eq(lookup(m, [place.hidden_base for place in places], order.layer) + order.row),
                            source.eq(lookup(m, [place.source_base for place in places], order.layer)),
                        ]
                        m.next = "STEP"
                with m.Elif(self.host_commit):
                    m.d.sync += reinforce_next.eq(0)
                    m.next = "COMMIT"
                with m.Elif(self.host_read & drained):
                    m.d.sync += [
                        running.eq(1),
                        action.eq(Action.FETCH),
                        age.eq(0),
                        layer.eq(0),
                        linear.eq(self.host_address),
                    ]
                    m.next = "FETCH"
            with m.State("STEP"):
                with m.If(go):
                    m.d.sync += [
                        linear.eq(linear + rows),
                        flip.eq(~flip),
                        source.eq(source + 1),
                        chunk.eq(chunk + 1),
                    ]
                    with m.If(chunk == lookup(m, [place.chunks for place in places], layer) - 1):
                        m.d.sync += running.eq(0)
                        m.next = "IDLE"
            with m.State("FETCH"):
                with m.If(go):
                    m.d.sync += running.eq(0)
                    m.next = "IDLE"
            with m.State("COMMIT"):
                with m.If(drained & ~running):
                    m.d.sync += [running.eq(1), layer.eq(0), action.eq(Action.COMMIT), linear.eq(0), committing.eq(1)]
                with m.If(running & go):
                    m.d.sync += [part.eq(part + 1), flip.eq(~flip)]
                    with m.If(~row_end):
                        m.d.sync += linear.eq(linear + rows)
                    with m.Else():
                        m.d.sync += [
                            linear.eq(linear - (rows * (per_column - 1) - 1) if per_column > 1 else linear + 1),
                            part.eq(0),
                            row.eq(row + 1),
                            flip.eq(chunk[0]),
                        ]
                    with m.If(column_end):
                        m.d.sync += [
                            linear.eq(linear + 1),
                            row.eq(0),
                            chunk.eq(chunk + per_column),
                            flip.eq(chunk[0] ^ (per_column & 1)),
                        ]
                    with m.If(layer_end):
                        bases = [place.hidden_base for place in places[1:]] + [0]
                        m.d.sync += [linear.eq(lookup(m, bases, layer)), chunk.eq(0), flip.eq(0), layer.eq(layer + 1)]
                        with m.If(last_layer):
                            m.d.sync += [running.eq(0), age.eq(0), layer.eq(0)]
                            m.next = "COMMITTED"
            with m.State("COMMITTED"):
                with m.If(drained):
                    m.d.comb += self.committed.eq(1)
                    m.d.sync += [touched.eq(0), committing.eq(0)]
                    m.next = "IDLE"
                    with m.If(reinforce_next):
                        m.d.sync += self.walk.eq(1)
                        m.next = "WALK"
            with m.State("WALK"):
                # the walk's first hit comes later than the flag that announces it
                with m.If(self.hits.valid & drained & ~running):
                    m.d.sync += [
                        running.eq(1),
                        action.eq(Action.REINFORCE),
                        age.eq(0),
                        layer.eq(0),
                        flip.eq(0),
                        linear.eq(self.hits.payload.address),
                        lane.eq(self.hits.payload.lane),
                    ]
                    m.d.comb += self.hits.ready.eq(1)
                with m.If(go):
                    m.d.sync += running.eq(0)
                with m.If(~self.walk & ~self.walking & ~self.hits.valid & ~running):
                    m.next = "IDLE"

        # 1: data
        valid1, action1, address1 = Signal(), Signal(Action), Signal.like(self.address)
        target1, end1, column1, layer1 = Signal(), Signal(), Signal(), Signal()
        m.d.sync += [
            valid1.eq(go),
            action1.eq(action),
            address1.eq(self.address),
            target1.eq(target),
            end1.eq(row_end),
            column1.eq(column_end),
            layer1.eq(layer_end),
        ]
        # 2: step, or collect signs
        valid2, action2, address2 = Signal(), Signal(Action), Signal.like(self.address)
        target2, end2, column2, layer2 = Signal(), Signal(), Signal(), Signal()
        counters, inputs = Signal.like(self.read_data), Signal.like(self.sample_data)
        m.d.sync += [
            valid2.eq(valid1),
            action2.eq(action1),
            address2.eq(address1),
            target2.eq(target1),
            end2.eq(end1),
            column2.eq(column1),
            layer2.eq(layer1),
            counters.eq(self.read_data),
            inputs.eq(self.sample_data),
        ]
        stepped = Signal.like(self.write_data)
        signs = Signal(lanes)
        for number in range(lanes):
            step = CounterStep(bits)
            m.submodules[f"lane{number}"] = step
            counter = counters[number * bits : (number + 1) * bits]
            positive = ~counter[-1]
            m.d.comb += [
                signs[number].eq(positive),
                step.counter.eq(counter),
                step.up.eq(Mux(action2 == Action.REINFORCE, positive, ~(inputs[number] ^ target2))),
                step.enable.eq((action2 != Action.REINFORCE) | (lane == number)),
                stepped[number * bits : (number + 1) * bits].eq(step.stepped),
            ]
        # 3: write
        m.d.sync += [
            self.write.eq(valid2 & ((action2 == Action.STEP) | (action2 == Action.REINFORCE))),
            self.write_address.eq(address2),
            self.write_data.eq(stepped),
        ]
        with m.If(self.host_write):
            m.d.sync += [
                self.write.eq(1),
                self.write_address.eq(self.host_address),
                self.write_data.eq(self.host_data),
            ]
        m.d.comb += [self.host_done.eq(valid2 & (action2 == Action.FETCH)), self.host_result.eq(counters)]
        self._commit(m, valid2 & (action2 == Action.COMMIT), signs, end2, column2, layer2, committing)
        return m

    def _commit(
        self,
        m: Module,
        valid: Signal,
        signs: Signal,
        end: Signal,
        column_end: Signal,
        layer_end: Signal,
        active: Signal,
    ) -> None:
        """Signs of a column's chunks, gathered and written to the visible plane; the tail of a layer's row stays 0."""
        layout, places = self.layout, self.layout.trainable
        address, column = Signal.like(self.visible_address), Signal.like(self.visible_column)
        layer, left = Signal(range(max(2, len(places)))), Signal(range(max(place.columns for place in places)))
        columns = Array(Const(place.columns - 1, len(left)) for place in places)
        firsts = Array(Const(place.first_column, len(column)) for place in places)
        rows = Array(Const(place.rows, max(place.rows for place in places).bit_length()) for place in places)
        gathered = signs
        if layout.chunks_per_column > 1:
            held = Signal(layout.column - len(signs))
            gathered = Cat(held, signs)
            with m.If(valid):
                m.d.sync += held.eq(gathered[len(signs) :])
        masked = Signal(layout.column)
        m.d.comb += masked.eq(gathered)
        for number, place in enumerate(places):
            tail = place.columns * layout.column - place.fan_in
            if tail:
                with m.If((layer == number) & (left == 0)):
                    m.d.comb += masked[layout.column - tail :].eq(0)
        m.d.sync += self.visible_write.eq(valid & end)
        with m.If(valid & end):
            m.d.sync += [
                self.visible_data.eq(masked),
                self.visible_address.eq(address),
                self.visible_column.eq(column),
                address.eq(address + 1),
            ]
            with m.If(column_end):
                m.d.sync += [column.eq(column + 1), left.eq(left - 1), address.eq(address - (rows[layer] - 1))]
                with m.If(column == layout.columns_per_word - 1):
                    m.d.sync += [column.eq(0), address.eq(address + 1)]
            with m.If(layer_end):
                following = (layer + 1)[: len(layer)]
                m.d.sync += [layer.eq(following), column.eq(firsts[following]), left.eq(columns[following])]
        with m.If(~active):
            m.d.sync += [address.eq(0), layer.eq(0), column.eq(firsts[0]), left.eq(columns[0])]
