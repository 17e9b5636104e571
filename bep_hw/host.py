"""The host's side: registers, counters and visible weights through one request stream, and the statistics."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.array.decision import margins_layout
from bep_hw.plan.identity import identification
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space, column_bits, data_bits, request_layout
from bep_hw.plan.registers import REGISTERS, TABLE_STRIDE
from bep_hw.sources.cache import controls
from bep_hw.winners.scan import gates_layout, group_sizes_layout


class HostPort(wiring.Component):
    """Carries out one request after the other, when the machine was ``idle``, and answers every one.

    Reads and commits begin a cycle after that, writes another cycle later: nothing that a sample begun in these cycles
    could disturb happens so soon.
    """

    def __init__(self, layout: Layout) -> None:
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
                "margin": Out(margins_layout(layout)),
                "group_size": Out(group_sizes_layout(layout)),
                "gate": Out(gates_layout(layout)),
                "last_step": Out(range(layout.steps)),
                "commit": Out(1),
                "seed_write": Out(1),
                "seed": In(32),
                "table_write": Out(1),
                "table_address": Out(range(TABLE_STRIDE * len(layout.trainable))),
                # counters and visible weights
                "counters_read": Out(1),
                "counters_write": Out(1),
                "counters_address": Out(range(layout.hidden_groups)),
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
                "sweeping": In(1),
                **({"cache": Out(controls(layout))} if machine.cache_samples else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layers = self.layout.logits
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
        # a request stays as it is until its reply: what it asks for is decoded one cycle, carried out in the next
        registers = request.space == Space.REGISTERS
        asks = {
            name: Signal(name=f"asks_{name}")
            for name in ("registers", "read", "commit", "seed", "table", "fetch", "store", "visible")
        }
        m.d.sync += [
            asks["registers"].eq(registers & request.write),
            asks["read"].eq(registers & ~request.write),
            asks["commit"].eq(registers & request.write & (address == REGISTERS["commit"].address)),
            asks["seed"].eq(registers & request.write & (address == REGISTERS["seed"].address)),
            asks["table"].eq(
                registers
                & request.write
                & (address[7:] == REGISTERS["reinforcement"].address >> 7)
                & (address[:7] < TABLE_STRIDE * len(self.layout.trainable))
            ),
            asks["fetch"].eq((request.space == Space.COUNTERS) & ~request.write),
            asks["store"].eq((request.space == Space.COUNTERS) & request.write),
            asks["visible"].eq((request.space == Space.VISIBLE) & request.write),
        ]
        m.d.comb += [self.commit.eq(pulse & asks["commit"]), self.counters_read.eq(pulse & asks["fetch"])]
        # writes choose between addresses at the memories: their selection comes out of flip-flops
        m.d.sync += [
            self.seed_write.eq(pulse & asks["seed"]),
            self.table_write.eq(pulse & asks["table"]),
            self.counters_write.eq(pulse & asks["store"]),
            self.visible_write.eq(pulse & asks["visible"]),
        ]
        if self.layout.machine.cache_samples:
            m.d.comb += self.cache.data.eq(request.data)
        with m.FSM():
            with m.State("REQUEST"):
                with m.If(self.requests.valid & self.idle):
                    m.next = "CARRY OUT"
            with m.State("CARRY OUT"):
                m.d.comb += pulse.eq(1)
                m.d.sync += self.replies.payload.eq(0)
                m.next = "REPLY"
                with m.If(asks["fetch"]):
                    m.next = "FETCH"
                with m.If(asks["commit"]):
                    m.next = "COMMIT"
                with m.If(asks["read"]):
                    m.d.sync += self.replies.payload.eq(read_value)
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

        with m.If(pulse & asks["registers"]):
            self._write_register(m, layers)
        self._statistics(m, read_value)
        return m

    def _write_register(self, m: Module, layers: int) -> None:
        request = self.requests.payload
        with m.Switch(request.address):
            with m.Case(REGISTERS["margin"].address):
                m.d.sync += self.margin[-1].eq(request.data)
            with m.Case(REGISTERS["last_step"].address):
                m.d.sync += self.last_step.eq(request.data)
            for layer in range(self.layout.classifiers - 1):
                with m.Case(REGISTERS["layer_margin"].address + layer):
                    m.d.sync += self.margin[layer].eq(request.data)
            for layer in range(layers):
                with m.Case(REGISTERS["group_size"].address + layer):
                    m.d.sync += self.group_size[layer].eq(request.data)
                if layer or self.layout.recurrent:
                    with m.Case(REGISTERS["gate"].address + layer):
                        m.d.sync += self.gate[layer].eq(request.data)
            if self.layout.machine.cache_samples:
                for name in ("samples", "batch"):
                    with m.Case(REGISTERS[f"cache_{name}"].address):
                        m.d.sync += getattr(self.cache, name).eq(request.data)
                for name in ("key", "epochs"):
                    with m.Case(REGISTERS[f"cache_{name}"].address):
                        m.d.comb += getattr(self.cache, f"{name}_write").eq(1)

    def _statistics(self, m: Module, read_value: Signal) -> None:
        """What is read through registers: who the board is, and free-running counters of events."""
        events: dict[str, Any] = {
            "cycles": 1,
            "samples": self.decided,
            "triggers": self.decided & self.triggered,
            "winners": self.winner,
            "commits": self.committed,
            "propagate_words": self.word_read,
            "update_words": self.group_read,
            "sweep_cycles": self.sweeping,
            "sweep_words": self.sweeping & self.group_read,
        }
        if not self.layout.machine.statistics:
            events = {}
        totals = {}
        for name, event in events.items():
            totals[name] = total = Signal(32, name=name)
            with m.If(event):
                m.d.sync += total.eq(total + 1)
        with m.Switch(self.requests.payload.address):
            for address, value in identification(self.layout.network, self.layout.machine).items():
                with m.Case(address):
                    m.d.comb += read_value.eq(value)
            with m.Case(REGISTERS["seed"].address):
                m.d.comb += read_value.eq(self.seed)
            for name, total in totals.items():
                with m.Case(REGISTERS[name].address):
                    m.d.comb += read_value.eq(total)
            if self.layout.machine.cache_samples:
                for name in ("epochs", "hits"):
                    with m.Case(REGISTERS[f"cache_{name}"].address):
                        m.d.comb += read_value.eq(getattr(self.cache, name))
