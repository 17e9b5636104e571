"""The host's side: registers, counters and visible weights through one request stream, and the statistics."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.layout import Layout
from bep_hw.ports import Space, column_bits, data_bits, request_layout
from bep_hw.propagate import Propagate
from bep_hw.registers import IDENTITY, REGISTERS, TABLE_STRIDE


class HostPort(wiring.Component):
    """Carries out one request after the other, each while the machine is ``idle``, and answers every one."""

    def __init__(self, layout: Layout, propagate: Propagate) -> None:
        self.layout = layout
        network, machine = layout.network, layout.machine
        group = machine.update_lanes * network.counter_bits
        super().__init__(
            {
                "requests": In(stream.Signature(request_layout(network, machine))),
                "replies": Out(stream.Signature(data_bits(network, machine))),
                "idle": In(1),
                "data": Out(data_bits(network, machine)),  # of the request being carried out
                # registers
                "margin": Out(propagate.margin.shape()),
                "group_size": Out(propagate.scan.group_size.shape()),
                "gate": Out(propagate.scan.gate.shape()),
                "commit": Out(1),
                "seed_write": Out(1),
                "table_write": Out(1),
                "table_address": Out(range(TABLE_STRIDE * len(layout.trainable))),
                # counters and visible weights
                "counters_read": Out(1),
                "counters_write": Out(1),
                "counters_address": Out(range(layout.hidden_depth)),
                "counters_done": In(1),
                "counters_data": In(group),
                "visible_write": Out(1),
                "visible_address": Out(range(layout.plane_depth)),
                "visible_column": Out(range(layout.columns_per_word)),
                # events to count
                "decided": In(1),
                "triggered": In(1),
                "winner": In(1),
                "committed": In(1),
                "word_read": In(1),
                "group_read": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layers = len(self.layout.trainable)
        request = self.requests.payload
        address = request.address
        pulse = Signal()  # the request is carried out in this cycle
        read_value = Signal(32)
        columns = column_bits(self.layout.network, self.layout.machine)
        m.d.comb += [
            self.data.eq(request.data),
            self.counters_address.eq(address),
            self.visible_column.eq(address[:columns]),
            self.visible_address.eq(address[columns:]),
            self.table_address.eq(address - REGISTERS["reinforcement"].address),
        ]
        with m.FSM():
            with m.State("REQUEST"):
                with m.If(self.requests.valid & self.idle):
                    m.d.comb += pulse.eq(1)
                    m.d.sync += self.replies.payload.eq(0)
                    m.next = "REPLY"
                    with m.If((request.space == Space.COUNTERS) & ~request.write):
                        m.next = "FETCH"
                    with m.Elif((request.space == Space.REGISTERS) & ~request.write):
                        m.d.sync += self.replies.payload.eq(read_value)
                    with m.Elif(self.commit):
                        m.next = "COMMIT"
            with m.State("FETCH"):
                with m.If(self.counters_done):
                    m.d.sync += self.replies.payload.eq(self.counters_data)
                    m.next = "REPLY"
            with m.State("COMMIT"):
                # samples behind the reply must see the new weights
                with m.If(self.committed):
                    m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += self.replies.valid.eq(1)
                with m.If(self.replies.ready):
                    m.d.comb += self.requests.ready.eq(1)
                    m.next = "REQUEST"

        with m.If(pulse):
            with m.Switch(request.space):
                with m.Case(Space.COUNTERS):
                    m.d.comb += [self.counters_write.eq(request.write), self.counters_read.eq(~request.write)]
                with m.Case(Space.VISIBLE):
                    m.d.comb += self.visible_write.eq(request.write)
                with m.Case(Space.REGISTERS):
                    with m.If(request.write):
                        self._write_register(m, layers)
        self._statistics(m, read_value)
        return m

    def _write_register(self, m: Module, layers: int) -> None:
        request = self.requests.payload
        with m.Switch(request.address):
            with m.Case(REGISTERS["commit"].address):
                m.d.comb += self.commit.eq(1)
            with m.Case(REGISTERS["seed"].address):
                m.d.comb += self.seed_write.eq(1)
            with m.Case(REGISTERS["margin"].address):
                m.d.sync += self.margin.eq(request.data)
            for layer in range(layers):
                with m.Case(REGISTERS["group_size"].address + layer):
                    m.d.sync += self.group_size[layer].eq(request.data)
                if layer:
                    with m.Case(REGISTERS["gate"].address + layer):
                        m.d.sync += self.gate[layer].eq(request.data)
            with m.Default():
                m.d.comb += self.table_write.eq(request.address[7])

    def _statistics(self, m: Module, read_value: Signal) -> None:
        """Free-running counters of events, read through registers."""
        events: dict[str, Any] = {
            "cycles": 1,
            "samples": self.decided,
            "triggers": self.decided & self.triggered,
            "winners": self.winner,
            "commits": self.committed,
            "propagate_words": self.word_read,
            "update_words": self.group_read,
        }
        if not self.layout.machine.statistics:
            events = {}
        totals = {}
        for name, event in events.items():
            totals[name] = total = Signal(32, name=name)
            with m.If(event):
                m.d.sync += total.eq(total + 1)
        with m.Switch(self.requests.payload.address):
            with m.Case(REGISTERS["identity"].address):
                m.d.comb += read_value.eq(IDENTITY)
            for name, total in totals.items():
                with m.Case(REGISTERS[name].address):
                    m.d.comb += read_value.eq(total)
