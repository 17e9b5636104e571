"""The update engine: winners' counters up and down, commit, reinforcement.

Orders are carried out one after the other, N counters a cycle, read – step – write in a pipeline of three cycles, or of
four where the hidden plane takes two to read:

    0 read group and inputs ─► 1 data ─► 2 step, signs of a commit ─► 3 write

A counter must not come back within these cycles, so every order takes at least one more.

Behind a mini-batch one sweep over the hidden plane, slice by slice, copies the signs to the visible plane and pushes
the counters away from zero that reinforcement hits: hits come in the order of the sweep.
"""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.host import Commit
from bep_hw.interfaces.learning import Hits
from bep_hw.interfaces.weights import BlockWrite, GroupAccess, GroupRead, GroupWrite
from bep_hw.learning.counters import CounterStep
from bep_hw.learning.gather import gather
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.schedule import Action, Schedule
from bep_hw.plan.layouts import AnyLayout


class UpdateEngine(wiring.Component):
    """Takes orders from anybody, one after the other; ``order_cycles`` is the shortest order.

    An order names its row of counters and its inputs; where it comes from, the engine does not know. ``schedule`` is
    the kind of orders.
    """

    BEGIN = 2
    """Cycles from the end of a mini-batch's last sample to its commit, beside a drained pipeline."""

    def __init__(self, layout: AnyLayout, schedule: type[Schedule] = Schedule) -> None:
        self.layout, self.schedule = layout, schedule
        self.order_cycles = self.order_cycles_of(layout)
        machine = layout.machine
        super().__init__(
            {
                "orders": In(stream.Signature(schedule.order(layout))),  # whoever they come from
                "freed": Out(range(2 * machine.slots)),  # samples that are done with, modulo twice the slots
                "idle": Out(1),  # nothing is under way, no order waits
                "hits": Out(Hits(layout)),
                "commit": In(Commit()),  # by the host, while idle; after a mini-batch only ``done`` is high
                "access": In(GroupAccess(layout)),  # by the host or the cache, while idle
                # memories: counters, inputs of what is learned, visible weights
                "read": Out(GroupRead(layout)),
                "write": Out(GroupWrite(layout)),
                "inputs": schedule.inputs(layout),
                "visible": Out(BlockWrite(layout)),
                # events to count
                "group_read": Out(1),  # a group or slice of counters is read
                "sweeping": Out(1),  # a commit is under way
            }
        )

    @staticmethod
    def order_cycles_of(layout: AnyLayout) -> int:
        """Cycles of the shortest order: the pipeline's stages, and one more."""
        return 3 + HiddenPlane.delay_of(layout)

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
        layout, now = self.layout, self.schedule(self.layout, self)
        now.drive(m)

        def delayed(value: Any) -> Any:
            """``value`` when the group read is there."""
            means_nothing_alone = value is not now.go
            for _ in range(HiddenPlane.delay_of(layout)):
                stage = Signal.like(value, reset_less=means_nothing_alone)
                m.d.sync += stage.eq(value)
                value = stage
            return value

        # 1: data
        valid1, action1, address1, bank1, target1, hit1 = (
            delayed(signal) for signal in (now.go, now.action, now.address, now.bank, now.target, now.hit)
        )
        inputs1 = now.arrived(delayed)
        # 2: step, signs
        valid2, action2, address2, bank2 = Signal(), Signal(Action), Signal.like(self.read.address), Signal()
        target2, hit2, changes2 = Signal(), Signal.like(now.hit), Signal()
        counters = Signal.like(self.read.data, reset_less=True)
        inputs = Signal(layout.machine.update_lanes, reset_less=True)
        signs = Signal(layout.slice_lanes, reset_less=True)
        m.d.sync += [
            valid2.eq(valid1),
            action2.eq(action1),
            address2.eq(address1),
            bank2.eq(bank1),
            target2.eq(target1),
            hit2.eq(hit1),
            changes2.eq((action1 == Action.STEP) | hit1.any()),
            counters.eq(self.read.data),
            inputs.eq(inputs1),
        ]
        if layout.banks > 1:
            m.d.sync += signs.eq(self.read.signs)
        else:
            bits = layout.network.counter_bits
            m.d.comb += signs.eq(Cat(~sign for sign in counters[bits - 1 :: bits]))
        # 3: write
        m.d.sync += [
            self.write.valid.eq(valid2 & changes2),
            self.write.address.eq(address2),
            self.write.bank.eq(bank2),
            self.write.data.eq(self._stepped(m, counters, inputs, target2, action2 == Action.STEP, hit2)),
        ]
        with m.If(self.access.write):
            m.d.sync += [
                self.write.valid.eq(1),
                self.write.address.eq(self.access.address // layout.banks),
                self.write.bank.eq(self.access.address % layout.banks),
                self.write.data.eq(self.access.data),
            ]
        m.d.comb += [self.access.done.eq(valid2 & (action2 == Action.FETCH)), self.access.result.eq(counters)]
        gather(m, layout, self.visible, now.start, valid2 & (action2 == Action.COMMIT), signs)
        return m

    def _stepped(self, m: Module, counters: Signal, inputs: Signal, target: Signal, step: Any, hit: Signal) -> Any:
        """The group one step on: all lanes towards the target, or those hit away from zero."""
        bits = self.layout.network.counter_bits
        stepped = Signal.like(self.write.data)
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
