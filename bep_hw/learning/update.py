"""The update engine: winners' counters up and down, commit, reinforcement.

Orders are carried out one after the other, N counters a cycle, read – step – write in a pipeline of three cycles, or of
four where the hidden plane takes two to read:

    0 read group and inputs ─► 1 data ─► 2 step, signs of a commit ─► 3 write

A counter must not come back within these cycles, so every order takes at least one more.

Behind a mini-batch one sweep over the hidden plane, slice by slice, copies the signs to the visible plane and pushes
the counters away from zero that reinforcement hits: hits come in the order of the sweep.
"""

import enum
from typing import Any

import numpy as np
from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.learning.counters import CounterStep
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.hit_slices import slice_layout
from bep_hw.learning.unroll import step_layout
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout


class Action(enum.IntEnum):
    """What happens to a group on its way through the pipeline."""

    STEP = 0  # all lanes, towards the target
    REINFORCE = 1  # the lanes hit, away from zero
    COMMIT = 2  # the same, and signs to the visible plane
    FETCH = 3  # to the host


class _Sweep:
    """The slice that a commit reads next. Separate signals: Verilog simulates no bit that depends on its neighbour."""

    def __init__(self, layout: Layout) -> None:
        self.address = Signal(range(layout.bank_depth + 1))
        self.masks = Signal(data.ArrayLayout(layout.machine.update_lanes, layout.banks))
        self.ready, self.taken, self.over = Signal(), Signal(), Signal()


class UpdateEngine(wiring.Component):
    """See the comments at the ports. ``order_cycles`` is the shortest order."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.order_cycles = 3 + HiddenPlane.delay_of(layout)
        machine = layout.machine
        width = machine.update_lanes * layout.network.counter_bits
        super().__init__(
            {
                # orders, and what comes of them
                "orders": In(stream.Signature(step_layout(layout))),
                "freed": Out(range(2 * machine.slots)),
                "committed": Out(1),
                "idle": Out(1),
                # reinforcement: drawn from a batch's first trigger on, carried out when it is committed
                "walk": Out(1),
                "walking": In(1),
                "hits": In(stream.Signature(slice_layout(layout))),
                "hits_found": In(1),  # the next one's address is there, although it may not be complete
                # the host: a commit, or one group of counters
                "host_commit": In(1),
                "host_read": In(1),
                "host_write": In(1),
                "host_address": In(range(layout.hidden_groups)),
                "host_data": In(width),
                "host_done": Out(1),
                "host_result": Out(width),
                # hidden plane
                "read": Out(1),
                "address": Out(range(layout.bank_size)),
                "bank": Out(1),
                "both": Out(1),
                "read_data": In(width),
                "signs": In(layout.banks * machine.update_lanes),
                "refused": In(1),
                "write": Out(1),
                "write_address": Out(range(layout.bank_size)),
                "write_bank": Out(1),
                "write_data": Out(width),
                "group_read": Out(1),
                "sweeping": Out(1),
                # sample memory
                "sample_address": Out(range(machine.slots * layout.steps * layout.slot_chunks)),
                "sample_data": In(machine.update_lanes),
                # visible plane
                "visible_write": Out(1),
                "visible_address": Out(range(layout.plane_depth)),
                "visible_column": Out(range(layout.columns_per_word)),
                "visible_data": Out(layout.column),
            }
        )

    def model(
        self, action: Action, counters: NDArray[Any], inputs: NDArray[Any], target: int = 1, hit: Any = ()
    ) -> NDArray[Any]:
        """Counters (n,) after a STEP (``inputs`` (n,) and ``target`` are bits) or a REINFORCE of the lanes ``hit``."""
        up, enable = (
            (inputs == target, 1) if action is Action.STEP else (counters >= 0, np.isin(np.arange(len(counters)), hit))
        )
        return np.clip(counters + enable * np.where(up, 1, -1), *self.layout.network.counter_range)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, places = self.layout, self.layout.trainable
        lanes, slots, bits = layout.machine.update_lanes, layout.machine.slots, layout.network.counter_bits
        banks, parts = layout.banks, layout.parts
        action = Signal(Action)
        layer = Signal(range(max(2, len(places))))

        # the walk over groups: address and bank, part of a column, chunks done, cycles since the order began
        longest = max(place.rows for place in places) * parts
        linear = Signal(range(max(layout.bank_depth + longest, layout.bank_size)))
        bank, part, chunk = Signal(), Signal(range(max(2, parts))), Signal(range(max(p.chunks for p in places) + 1))
        target = Signal()
        source = Signal(range(layout.slot_chunks))
        running, go = Signal(), Signal()
        age = Signal(range(self.order_cycles))
        touched, reinforce = Signal(), Signal()
        host_bank, host_address = self.host_address % banks, self.host_address // banks
        hit = Signal(lanes)  # lanes to reinforce
        again, others = Signal(), Signal(lanes)  # a slice with hits in both banks is read twice
        start = Signal()
        sweep = self._sweep(m, start, reinforce)
        m.d.comb += [
            self.read.eq(running),
            self.address.eq(linear),
            self.bank.eq(bank),
            self.both.eq(action == Action.COMMIT),
            go.eq(running & ~self.refused),
            self.group_read.eq(go),
        ]
        time, ones = Signal(range(layout.steps)), Signal()  # recurrent: the step whose inputs are read, or s_0
        slot = self.freed[: (slots - 1).bit_length()]
        sample_address = (slot * layout.steps + time) * layout.slot_chunks + source
        if HiddenPlane.delay_of(layout) == 2:
            m.d.sync += self.sample_address.eq(sample_address)
        else:
            m.d.comb += self.sample_address.eq(sample_address)
        with m.If(age != self.order_cycles - 1):
            m.d.sync += age.eq(age + 1)

        first, accept = [chunk.eq(0), bank.eq(0), part.eq(0)], Signal()
        m.d.sync += self.walk.eq(0)
        order = self.orders.payload
        drained = Signal()
        m.d.comb += drained.eq(age == self.order_cycles - 1)
        with m.FSM() as fsm:
            with m.State("IDLE"):
                m.d.comb += self.idle.eq(drained & ~self.orders.valid)
                m.d.sync += first
                with m.If(self.orders.valid):
                    with m.If(order.end):
                        m.d.comb += self.orders.ready.eq(1)
                        m.d.sync += [self.freed.eq(self.freed + 1), touched.eq(touched | order.target)]
                        m.d.sync += self.walk.eq(order.target & ~touched)
                        with m.If(order.last):
                            # the walk that may begin right now is under way when the sweep is
                            m.d.sync += [reinforce.eq(1), age.eq(0)]
                            with m.If(touched | order.target):
                                m.next = "COMMIT"
                            with m.Else():
                                m.d.comb += self.committed.eq(1)
                    with m.Elif(drained):
                        m.d.comb += accept.eq(1)
                        m.next = "STEP"
                with m.Elif(self.host_commit):
                    m.d.sync += reinforce.eq(0)
                    m.next = "COMMIT"
                with m.Elif(self.host_read & drained):
                    m.d.sync += [
                        running.eq(1),
                        action.eq(Action.FETCH),
                        age.eq(0),
                        linear.eq(host_address),
                        bank.eq(host_bank),
                    ]
                    m.next = "FETCH"
            with m.State("STEP"):
                with m.If(go):
                    m.d.sync += [bank.eq(bank + 1 if banks > 1 else 0), source.eq(source + 1), chunk.eq(chunk + 1)]
                    with m.If(bank == banks - 1):
                        # a column's parts lie side by side, the next column a layer's rows further on
                        further = lookup(m, [place.rows * parts - (parts - 1) for place in places], layer)
                        m.d.sync += [linear.eq(linear + Mux(part == parts - 1, further, 1)), part.eq(part + 1)]
                        with m.If(part == parts - 1):
                            m.d.sync += part.eq(0)
                    with m.If(chunk == lookup(m, [place.chunks for place in places], layer) - 1):
                        # the next order follows without a pause: reads and writes stay in different banks
                        with m.If(self.orders.valid & ~order.end & drained):
                            m.d.comb += accept.eq(1)
                        with m.Else():
                            m.d.sync += running.eq(0)
                            m.next = "IDLE"
            with m.State("FETCH"):
                with m.If(go):
                    m.d.sync += [running.eq(0), age.eq(0)]  # the next one not before this one is there
                    m.next = "IDLE"
            with m.State("COMMIT"):
                m.d.comb += start.eq(1)
                with m.If(drained):
                    m.next = "SWEEP"
            with m.State("SWEEP"):
                with m.If(go):
                    m.d.sync += age.eq(0)
                with m.If(go & again):
                    m.d.sync += [again.eq(0), action.eq(Action.COMMIT), bank.eq(1), hit.eq(others)]
                with m.Elif(~running | go):
                    m.d.sync += [running.eq(sweep.ready), linear.eq(sweep.address)]
                    m.d.sync += [action.eq(Action.COMMIT), bank.eq(0), hit.eq(sweep.masks[0])]
                    m.d.comb += sweep.taken.eq(sweep.ready)
                    if banks > 1:
                        first_hit, second_hit = (mask.any() for mask in sweep.masks)
                        m.d.sync += [again.eq(first_hit & second_hit), others.eq(sweep.masks[1])]
                        with m.If(first_hit & second_hit):
                            m.d.sync += action.eq(Action.REINFORCE)
                        with m.If(~first_hit & second_hit):
                            m.d.sync += [bank.eq(1), hit.eq(sweep.masks[1])]
                    with m.If(sweep.over):
                        m.next = "COMMITTED"
            with m.State("COMMITTED"):
                with m.If(drained):
                    m.d.comb += self.committed.eq(1)
                    m.d.sync += touched.eq(touched & ~reinforce)
                    m.next = "IDLE"
        m.d.comb += self.sweeping.eq(fsm.ongoing("COMMIT") | fsm.ongoing("SWEEP") | fsm.ongoing("COMMITTED"))
        with m.If(accept):
            m.d.comb += self.orders.ready.eq(1)
            m.d.sync += [
                running.eq(1),
                action.eq(Action.STEP),
                age.eq(0),
                layer.eq(order.layer),
                target.eq(order.target),
                linear.eq(lookup(m, [place.hidden_base for place in places], order.layer) + order.row * parts),
                source.eq(lookup(m, [place.source_base for place in places], order.layer)),
                *first,
            ]
            if layout.recurrent:
                m.d.sync += [time.eq(order.step), ones.eq(order.ones)]

        def delayed(value: Any) -> Any:
            """``value`` when the group read is there."""
            means_nothing_alone = value is not go
            for _ in range(HiddenPlane.delay_of(layout)):
                stage = Signal.like(value, reset_less=means_nothing_alone)
                m.d.sync += stage.eq(value)
                value = stage
            return value

        # 1: data
        valid1, action1, address1, bank1, target1, hit1, ones1 = (
            delayed(signal) for signal in (go, action, linear, bank, target, hit, ones)
        )
        # 2: step, signs
        valid2, action2, address2, bank2 = Signal(), Signal(Action), Signal.like(self.address), Signal()
        target2, hit2, changes2 = Signal(), Signal.like(hit), Signal()
        counters = Signal.like(self.read_data, reset_less=True)
        inputs = Signal.like(self.sample_data, reset_less=True)
        signs = Signal(layout.slice_lanes, reset_less=True)
        m.d.sync += [
            valid2.eq(valid1),
            action2.eq(action1),
            address2.eq(address1),
            bank2.eq(bank1),
            target2.eq(target1),
            hit2.eq(hit1),
            changes2.eq((action1 == Action.STEP) | hit1.any()),
            counters.eq(self.read_data),
            inputs.eq(self.sample_data | (ones1.replicate(lanes) if layout.recurrent else 0)),
        ]
        if banks > 1:
            m.d.sync += signs.eq(self.signs)
        else:
            m.d.comb += signs.eq(Cat(~sign for sign in counters[bits - 1 :: bits]))
        # 3: write
        m.d.sync += [
            self.write.eq(valid2 & changes2),
            self.write_address.eq(address2),
            self.write_bank.eq(bank2),
            self.write_data.eq(self._stepped(m, counters, inputs, target2, action2 == Action.STEP, hit2)),
        ]
        with m.If(self.host_write):
            m.d.sync += [
                self.write.eq(1),
                self.write_address.eq(host_address),
                self.write_bank.eq(host_bank),
                self.write_data.eq(self.host_data),
            ]
        m.d.comb += [self.host_done.eq(valid2 & (action2 == Action.FETCH)), self.host_result.eq(counters)]
        self._gather(m, valid2 & (action2 == Action.COMMIT), signs, start)
        return m

    def _sweep(self, m: Module, start: Signal, reinforce: Signal) -> _Sweep:
        """The slices in order, each with the lanes that are hit; ``ready`` until ``taken``, ``over`` behind the last.

        A slice is ready when the next hit is known to lie further on.
        """
        layout = self.layout
        sweep = _Sweep(layout)
        address, hit, here = sweep.address, self.hits.payload, Signal()
        m.d.comb += [
            here.eq(reinforce & self.hits_found & (hit.address == address)),
            sweep.masks.eq(hit.mask & here.replicate(layout.slice_lanes)),
            sweep.ready.eq(~sweep.over & Mux(here, self.hits.valid, ~reinforce | self.hits_found | ~self.walking)),
            self.hits.ready.eq(here & sweep.taken),
        ]
        with m.If(start):
            m.d.sync += [address.eq(0), sweep.over.eq(0)]
        with m.Elif(sweep.taken):
            m.d.sync += [address.eq(address + 1), sweep.over.eq(address == layout.bank_depth - 1)]
        return sweep

    def _stepped(self, m: Module, counters: Signal, inputs: Signal, target: Signal, step: Any, hit: Signal) -> Any:
        """The group one step on: all lanes towards the target, or those hit away from zero."""
        bits = self.layout.network.counter_bits
        stepped = Signal.like(self.write_data)
        for number in range(self.layout.machine.update_lanes):
            lane = CounterStep(bits)
            m.submodules[f"lane{number}"] = lane
            counter = counters[number * bits : (number + 1) * bits]
            m.d.comb += [
                lane.counter.eq(counter),
                lane.up.eq(Mux(step, ~(inputs[number] ^ target), ~counter[-1])),
                lane.enable.eq(step | hit[number]),
                stepped[number * bits : (number + 1) * bits].eq(lane.stepped),
            ]
        return stepped

    def _gather(self, m: Module, valid: Any, signs: Any, start: Signal) -> None:
        """Signs of a column's slices, gathered and written to the visible plane; the tail of a layer's row stays 0."""
        layout, places = self.layout, self.layout.trainable
        parts = layout.parts
        address, column = Signal.like(self.visible_address), Signal.like(self.visible_column)
        layer, left = Signal(range(max(2, len(places)))), Signal(range(max(place.columns for place in places)))
        row, part = Signal(range(max(place.rows for place in places))), Signal(range(max(2, parts)))
        columns = Array(Const(place.columns - 1, len(left)) for place in places)
        firsts = Array(Const(place.first_column, len(column)) for place in places)
        rows = Array(Const(place.rows - 1, len(row)) for place in places)
        gathered = signs
        if parts > 1:
            held = Signal(layout.column - len(signs))
            gathered = Cat(held, signs)
            with m.If(valid):
                m.d.sync += [held.eq(gathered[len(signs) :]), part.eq(part + 1)]
        masked = Signal(layout.column)
        m.d.comb += masked.eq(gathered)
        for number, place in enumerate(places):
            tail = place.columns * layout.column - place.fan_in
            if tail:
                with m.If((layer == number) & (left == 0)):
                    m.d.comb += masked[layout.column - tail :].eq(0)
        complete = Signal()
        m.d.comb += complete.eq(valid & (part == parts - 1))
        m.d.sync += self.visible_write.eq(complete)
        with m.If(complete):
            m.d.sync += [
                self.visible_data.eq(masked),
                self.visible_address.eq(address),
                self.visible_column.eq(column),
                address.eq(address + 1),
                row.eq(row + 1),
                part.eq(0),
            ]
            with m.If(row == rows[layer]):
                # the next column of the same word begins at its first row again
                m.d.sync += [column.eq(column + 1), left.eq(left - 1), row.eq(0), address.eq(address - rows[layer])]
                with m.If(column == layout.columns_per_word - 1):
                    m.d.sync += [column.eq(0), address.eq(address + 1)]
                with m.If(left == 0):
                    following = (layer + 1)[: len(layer)]
                    m.d.sync += [layer.eq(following), column.eq(firsts[following]), left.eq(columns[following])]
        with m.If(start):
            m.d.sync += [address.eq(0), layer.eq(0), column.eq(firsts[0]), left.eq(columns[0]), row.eq(0), part.eq(0)]
