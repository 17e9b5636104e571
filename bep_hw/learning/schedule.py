"""What the update engine does next: an order's groups, a group for the host, or a sweep over all of them."""

import enum
from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.wiring import Out

from bep_hw.interfaces.learning import step_layout
from bep_hw.interfaces.samples import ChunkRead
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.sweep import Sweep
from bep_hw.parts.lookup import lookup


class Action(enum.IntEnum):
    """What happens to a group on its way through the pipeline."""

    STEP = 0  # all lanes, towards the target
    REINFORCE = 1  # the lanes hit, away from zero
    COMMIT = 2  # the same, and signs to the visible plane
    FETCH = 3  # to the host


class Schedule:
    """The state machine of the update engine, as a part of it; ``engine`` has the ports.

    Signals: while ``go``, the group at ``address`` and ``bank`` is read for ``action``; ``target`` and ``ones`` are the
    order's, ``hit`` the lanes to reinforce. ``start`` is high until a sweep begins.
    """

    @staticmethod
    def order(layout: Any) -> Any:
        """Layout of the orders that it carries out."""
        return step_layout(layout)

    @staticmethod
    def inputs(layout: Any) -> Any:
        """The engine's port for the inputs of an order."""
        return Out(ChunkRead(layout, layout.slot_chunks))

    def __init__(self, layout: Any, engine: Any) -> None:
        self.layout, self.engine = layout, engine
        places, lanes, parts = layout.trainable, layout.machine.update_lanes, layout.parts
        self.action = Signal(Action)
        self.layer = Signal(range(max(2, len(places))))  # of weights
        # the walk over groups: address and bank, part of a block, chunks done, cycles since the order began
        longest = max(place.rows for place in places) * parts
        self.address = Signal(range(max(layout.bank_depth + longest, layout.bank_size)), name="linear")
        self.bank, self.part = Signal(), Signal(range(max(2, parts)))
        self.chunk = Signal(range(max(place.chunks for place in places) + 1))
        self.target = Signal()
        self.source = Signal(range(layout.slot_chunks))  # chunk of the inputs
        self.running, self.go = Signal(), Signal()
        self.reads: Any = self.running  # a group is asked for
        self.age = Signal(range(engine.order_cycles))
        self.touched, self.reinforce = Signal(), Signal()  # a sample has triggered; the sweep reinforces
        self.hit = Signal(lanes)
        self.again, self.others = Signal(), Signal(lanes)  # a slice with hits in both banks is read twice
        self.start, self.accept, self.drained = Signal(), Signal(), Signal()
        # recurrent: the step whose inputs are read, or s_0
        self.time, self.ones = Signal(range(layout.steps)), Signal()
        self.first = [self.chunk.eq(0), self.bank.eq(0), self.part.eq(0)]
        self.sweep = Sweep(layout)

    def drive(self, m: Module) -> None:
        """Add the state machine to ``m``, the engine's module."""
        engine = self.engine
        self.sweep.drive(m, self.start, self.reinforce, engine.hits)
        self._read_inputs(m)
        m.d.comb += [
            engine.read.valid.eq(self.reads),
            engine.read.address.eq(self.address),
            engine.read.bank.eq(self.bank),
            engine.read.both.eq(self.action == Action.COMMIT),
            self.go.eq(self.reads & ~engine.read.refused),
            engine.group_read.eq(self.go),
        ]
        with m.If(self.age != engine.order_cycles - 1):
            m.d.sync += self.age.eq(self.age + 1)
        m.d.sync += engine.hits.start.eq(0)
        m.d.comb += self.drained.eq(self.age == engine.order_cycles - 1)
        with m.FSM() as fsm:
            with m.State("IDLE"):
                self._idle(m)
            with m.State("STEP"):
                self._step(m)
            with m.State("FETCH"):
                with m.If(self.go):
                    m.d.sync += [self.running.eq(0), self.age.eq(0)]  # the next one not before this one is there
                    m.next = "IDLE"
            with m.State("COMMIT"):
                m.d.comb += self.start.eq(1)
                with m.If(self.drained):
                    m.next = "SWEEP"
            with m.State("SWEEP"):
                self._sweep(m)
            with m.State("COMMITTED"):
                with m.If(self.drained):
                    m.d.comb += engine.commit.done.eq(1)
                    m.d.sync += self.touched.eq(self.touched & ~self.reinforce)
                    m.next = "IDLE"
        m.d.comb += engine.sweeping.eq(fsm.ongoing("COMMIT") | fsm.ongoing("SWEEP") | fsm.ongoing("COMMITTED"))
        with m.If(self.accept):
            self._begin_order(m)

    def _read_inputs(self, m: Module) -> None:
        """Inputs are read beside the group that they step."""
        layout, engine = self.layout, self.engine
        slot = engine.freed[: (layout.machine.slots - 1).bit_length()]
        address = (slot * layout.steps + self.time) * layout.slot_chunks + self.source
        if HiddenPlane.delay_of(layout) == 2:
            m.d.sync += engine.inputs.address.eq(address)
        else:
            m.d.comb += engine.inputs.address.eq(address)

    def arrived(self, later: Any) -> Any:
        """The inputs of the group that was read ``later`` cycles ago: ``later(value)`` is a value of that time."""
        data = self.engine.inputs.data
        return data | later(self.ones).replicate(len(data)) if self.layout.recurrent else data

    def _begin_order(self, m: Module) -> None:
        layout, places, order = self.layout, self.layout.trainable, self.engine.orders.payload
        base = lookup(m, [place.hidden_base for place in places], order.layer)
        m.d.comb += self.engine.orders.ready.eq(1)
        m.d.sync += [
            self.running.eq(1),
            self.action.eq(Action.STEP),
            self.age.eq(0),
            self.layer.eq(order.layer),
            self.target.eq(order.target),
            self.address.eq(base + order.row * layout.parts),
            self.source.eq(lookup(m, [place.source_base for place in places], order.layer)),
            *self.first,
        ]
        if layout.recurrent:
            m.d.sync += [self.time.eq(order.step), self.ones.eq(order.ones)]

    def _idle(self, m: Module) -> None:
        engine, order, touched = self.engine, self.engine.orders.payload, self.touched
        m.d.comb += engine.idle.eq(self.drained & ~engine.orders.valid)
        m.d.sync += self.first
        with m.If(engine.orders.valid):
            with m.If(order.end):
                m.d.comb += engine.orders.ready.eq(1)
                m.d.sync += [engine.freed.eq(engine.freed + 1), touched.eq(touched | order.target)]
                m.d.sync += engine.hits.start.eq(order.target & ~touched)
                with m.If(order.last):
                    # the walk that may begin right now is under way when the sweep is
                    m.d.sync += [self.reinforce.eq(1), self.age.eq(0)]
                    with m.If(touched | order.target):
                        m.next = "COMMIT"
                    with m.Else():
                        m.d.comb += engine.commit.done.eq(1)
            with m.Elif(self.drained):
                m.d.comb += self.accept.eq(1)
                m.next = "STEP"
        with m.Elif(engine.commit.start):
            m.d.sync += self.reinforce.eq(0)
            m.next = "COMMIT"
        with m.Elif(engine.access.read & self.drained):
            m.d.sync += [
                self.running.eq(1),
                self.action.eq(Action.FETCH),
                self.age.eq(0),
                self.address.eq(engine.access.address // self.layout.banks),
                self.bank.eq(engine.access.address % self.layout.banks),
            ]
            m.next = "FETCH"

    def _step(self, m: Module) -> None:
        """The groups of an order, chunk by chunk."""
        places, banks, parts = self.layout.trainable, self.layout.banks, self.layout.parts
        orders, part = self.engine.orders, self.part
        with m.If(self.go):
            m.d.sync += [
                self.bank.eq(self.bank + 1 if banks > 1 else 0),
                self.source.eq(self.source + 1),
                self.chunk.eq(self.chunk + 1),
            ]
            with m.If(self.bank == banks - 1):
                # a block's parts lie side by side, the next block a layer's rows further on
                further = lookup(m, [place.rows * parts - (parts - 1) for place in places], self.layer)
                m.d.sync += [self.address.eq(self.address + Mux(part == parts - 1, further, 1)), part.eq(part + 1)]
                with m.If(part == parts - 1):
                    m.d.sync += part.eq(0)
            with m.If(self.chunk == lookup(m, [place.chunks for place in places], self.layer) - 1):
                # the next order follows without a pause: reads and writes stay in different banks
                with m.If(orders.valid & ~orders.payload.end & self.drained):
                    m.d.comb += self.accept.eq(1)
                with m.Else():
                    m.d.sync += self.running.eq(0)
                    m.next = "IDLE"

    def _sweep(self, m: Module) -> None:
        """All slices; one with hits in both banks is read once for each of them."""
        sweep = self.sweep
        with m.If(self.go):
            m.d.sync += self.age.eq(0)
        with m.If(self.go & self.again):
            m.d.sync += [self.again.eq(0), self.action.eq(Action.COMMIT), self.bank.eq(1), self.hit.eq(self.others)]
        with m.Elif(~self.running | self.go):
            m.d.sync += [self.running.eq(sweep.ready), self.address.eq(sweep.address)]
            m.d.sync += [self.action.eq(Action.COMMIT), self.bank.eq(0), self.hit.eq(sweep.masks[0])]
            m.d.comb += sweep.taken.eq(sweep.ready)
            if self.layout.banks > 1:
                first_hit, second_hit = (mask.any() for mask in sweep.masks)
                m.d.sync += [self.again.eq(first_hit & second_hit), self.others.eq(sweep.masks[1])]
                with m.If(first_hit & second_hit):
                    m.d.sync += self.action.eq(Action.REINFORCE)
                with m.If(~first_hit & second_hit):
                    m.d.sync += [self.bank.eq(1), self.hit.eq(sweep.masks[1])]
            with m.If(sweep.over):
                m.next = "COMMITTED"
