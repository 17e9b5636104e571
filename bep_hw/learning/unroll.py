"""Winners of a recurrent network, one order a matrix and step: a winner of the state steps its counters at every step.

A winner learns from the first step to the last, at each from the inputs and from the state before; counters saturate at
every single one.
"""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.learning import order_layout, step_layout, target_layout
from bep_hw.plan.layout import Layout

XS, SS, SY = range(3)
"""Layers of weights."""


class Unroll(wiring.Component):
    """Remembers desired states, slot by slot, and turns winners (``orders``) into single ``steps``.

    A desired state comes as ``known`` while its sample is scanned; ``ended`` is high when that is over.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(
            {
                "known": In(target_layout(layout)),
                "ended": In(1),
                "last_step": In(range(layout.steps)),  # of the sequences, see `Settings`
                "orders": In(stream.Signature(order_layout(layout))),
                "steps": Out(stream.Signature(step_layout(layout))),
            }
        )

    def model(self, row: int, targets: NDArray[Any]) -> list[tuple[int, int, int, int, int]]:
        """Steps (layer, row, target, step, ones) of a winner of the state, of its desired states (T,) of bits."""
        return [
            step
            for t, target in enumerate(np.asarray(targets).tolist())
            for step in ((XS, row, target, t, 0), (SS, row, target, max(t - 1, 0), int(t == 0)))
        ]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        slots = layout.machine.slots
        row_bits = (layout.step_rows - 1).bit_length()
        m.submodules.targets = targets = memory.Memory(shape=1, depth=slots * layout.steps * layout.step_rows, init=[])
        write, read = targets.write_port(), targets.read_port()
        scanned, carried_out = Signal(range(slots)), Signal(range(slots))
        m.d.sync += scanned.eq(scanned + self.ended)

        order, step = self.orders.payload, self.steps.payload
        time, recurrent, moves = Signal.like(self.last_step), Signal(), Signal()
        of_state, beginning = ~order.end & (order.layer == 0), recurrent & (time == 0)
        # a desired state is read while nothing is offered, and stays for both matrices
        m.d.comb += [
            write.en.eq(self.known.valid),
            write.addr.eq(Cat(self.known.row, self.known.step, scanned)),
            write.data.eq(self.known.target),
            read.en.eq(1),
            read.addr.eq(Cat(order.row[:row_bits], time, carried_out)),
            step.end.eq(order.end),
            step.last.eq(order.last),
            step.row.eq(order.row),
            step.layer.eq(SY),
            step.target.eq(order.target),
            step.step.eq(self.last_step),
            moves.eq(self.steps.valid & self.steps.ready),
        ]
        with m.FSM():
            with m.State("ORDER"):
                m.d.sync += [time.eq(0), recurrent.eq(0)]
                with m.If(self.orders.valid & of_state):
                    m.next = "READ"
                with m.Else():
                    m.d.comb += [self.steps.valid.eq(self.orders.valid), self.orders.ready.eq(self.steps.ready)]
                    m.d.sync += carried_out.eq(carried_out + (moves & order.end))
            with m.State("READ"):
                m.next = "STEP"
            with m.State("STEP"):
                m.d.comb += [
                    self.steps.valid.eq(1),
                    step.layer.eq(Mux(recurrent, SS, XS)),
                    step.target.eq(read.data),
                    step.step.eq(Mux(recurrent & ~beginning, time - 1, time)),
                    step.ones.eq(beginning),
                ]
                with m.If(moves):
                    m.d.sync += recurrent.eq(~recurrent)
                    with m.If(recurrent):
                        m.d.sync += time.eq(time + 1)
                        m.next = "READ"
                        with m.If(time == self.last_step):
                            m.d.comb += self.orders.ready.eq(1)
                            m.next = "ORDER"
        return m
