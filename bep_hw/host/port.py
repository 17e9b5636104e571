"""The host's side: registers, counters and visible weights through one request stream."""

from dataclasses import dataclass
from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.host.bank import Bank, epochs_bank, settings_bank
from bep_hw.host.statistics import Statistics
from bep_hw.interfaces.host import Commit, EpochControls, Events, Seed, Settings, ThresholdWrite
from bep_hw.interfaces.weights import BlockWrite, GroupAccess
from bep_hw.plan.identity import identification
from bep_hw.plan.layouts import AnyLayout
from bep_hw.plan.ports import Space, data_bits, request_layout
from bep_hw.plan.registers import REGISTERS, TABLE_STRIDE, address


@dataclass(frozen=True)
class Target:
    """Something that requests are carried out by: ``strobe`` is high in a cycle in which that begins.

    ``asked`` says whether a request is for it. The reply waits until ``done``, if there is such a signal, and carries
    ``result``, or 0. Targets that wait begin with the request. The others choose between addresses at the memories:
    their strobe comes a cycle later, out of a flip-flop.
    """

    name: str
    asked: Any
    strobe: Signal
    done: Signal | None = None
    result: Any = None


class HostPort(wiring.Component):
    """Carries out one request after the other, when the machine was ``idle``, and answers every one.

    Reads and commits begin a cycle after that, writes another cycle later: nothing that a sample begun in these cycles
    could disturb happens so soon.
    """

    layout: Any  # that of the trainer's kind

    def __init__(self, layout: AnyLayout) -> None:
        self.layout = layout
        network, machine = layout.network, layout.machine
        super().__init__(
            {
                "requests": In(stream.Signature(request_layout(network, machine))),  # one at a time
                "replies": Out(stream.Signature(data_bits(network, machine))),  # one per request
                "idle": In(1),  # no sample is in flight
                "commit": Out(Commit()),
                "seed": Out(Seed()),
                "access": Out(GroupAccess(layout)),
                "visible": Out(BlockWrite(layout)),
                "events": In(Events()),
                **self._own_ports(),
            }
        )

    def _own_ports(self) -> dict[str, Any]:
        """What only this kind of trainer has."""
        layout = self.layout
        ports = {"settings": Out(Settings(layout)), "thresholds": Out(ThresholdWrite(layout))}
        return {**ports, "epochs": Out(EpochControls(layout))} if layout.machine.cache_samples else ports

    def elaborate(self, platform: object) -> Module:
        m = Module()
        request = self.requests.payload
        banks = self._banks(m)
        pulse = Signal()  # the request is carried out in this cycle
        read_value = Signal(32)
        with m.Switch(request.address):
            for bank in banks:
                bank.read(m, read_value)
        # a request stays as it is until its reply: what it asks for is decoded one cycle, carried out in the next
        registers = request.space == Space.REGISTERS
        writes, reads = Signal(name="asks_registers"), Signal(name="asks_read")
        m.d.sync += [writes.eq(registers & request.write), reads.eq(registers & ~request.write)]
        with m.If(pulse & writes):
            with m.Switch(request.address):
                for bank in banks:
                    bank.write(m, request.data)
        targets = self._targets()
        asks = [Signal(name=f"asks_{target.name}") for target in targets]
        for target, ask in zip(targets, asks, strict=True):
            m.d.sync += ask.eq(target.asked)
            m.d["sync" if target.done is None else "comb"] += target.strobe.eq(pulse & ask)
        self._pass_on(m)

        waits = [(target, ask) for target, ask in zip(targets, asks, strict=True) if target.done is not None]
        with m.FSM():
            with m.State("REQUEST"):
                with m.If(self.requests.valid & self.idle):
                    m.next = "CARRY OUT"
            with m.State("CARRY OUT"):
                m.d.comb += pulse.eq(1)
                m.d.sync += self.replies.payload.eq(0)
                m.next = "REPLY"
                for target, ask in waits:
                    with m.If(ask):
                        m.next = target.name
                with m.If(reads):
                    m.d.sync += self.replies.payload.eq(read_value)
            for target, _ in waits:
                with m.State(target.name):
                    with m.If(target.done):
                        if target.result is not None:
                            m.d.sync += self.replies.payload.eq(target.result)
                        m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += self.replies.valid.eq(1)
                with m.If(self.replies.ready):
                    m.d.comb += self.requests.ready.eq(1)
                    m.next = "REQUEST"
        return m

    def _settings(self) -> Bank:
        """The registers of ``settings``."""
        return settings_bank(self.layout, self.settings)

    def _banks(self, m: Module) -> list[Bank]:
        """All registers but those that a `Target` stands for."""
        machine = self.layout.machine
        banks = [
            Bank(values=identification(self.layout.network, machine)),
            Bank(values={address("seed"): self.seed.state}),
            self._settings(),
        ]
        if machine.statistics:
            m.submodules.statistics = statistics = Statistics()
            wiring.connect(m, wiring.flipped(self.events), statistics.events)
            banks.append(statistics.bank())
        if machine.cache_samples:
            banks.append(epochs_bank(self.epochs))
        return banks

    def _asks(self, space: Space, write: bool) -> Any:
        """Whether the request reads, or writes, in ``space``."""
        request = self.requests.payload
        return (request.space == space) & (request.write if write else ~request.write)

    def _targets(self) -> list[Target]:
        request = self.requests.payload
        registers = self._asks(Space.REGISTERS, write=True)
        return [
            Target(
                "fetch",
                self._asks(Space.COUNTERS, write=False),
                self.access.read,
                self.access.done,
                self.access.result,
            ),
            # samples after the reply must see the new weights
            Target("commit", registers & (request.address == address("commit")), self.commit.start, self.commit.done),
            Target("seed", registers & (request.address == address("seed")), self.seed.load),
            *self._own_targets(),
            Target("store", self._asks(Space.COUNTERS, write=True), self.access.write),
            Target("visible", self._asks(Space.VISIBLE, write=True), self.visible.valid),
        ]

    def _own_targets(self) -> list[Target]:
        """Those that only this kind of trainer has."""
        table = REGISTERS["reinforcement"]
        bits = (table.count - 1).bit_length()
        place, number = self.requests.payload.address[bits:], self.requests.payload.address[:bits]
        in_table = self._asks(Space.REGISTERS, write=True) & (place == table.address >> bits)
        inside = number < TABLE_STRIDE * len(self.layout.trainable)
        return [Target("table", in_table & inside, self.thresholds.valid)]

    def _pass_on(self, m: Module) -> None:
        """Address and data of the request, to whoever needs them."""
        request = self.requests.payload
        bits = (self.layout.columns_per_word - 1).bit_length()
        m.d.comb += [
            self.seed.value.eq(request.data),
            self.access.address.eq(request.address),
            self.access.data.eq(request.data),
            self.visible.block.eq(request.address[:bits]),
            self.visible.address.eq(request.address[bits:]),
            self.visible.data.eq(request.data),
        ]
        self._pass_on_own(m)

    def _pass_on_own(self, m: Module) -> None:
        """The same for what only this kind of trainer has."""
        request = self.requests.payload
        m.d.comb += [
            self.thresholds.address.eq(request.address - REGISTERS["reinforcement"].address),
            self.thresholds.data.eq(request.data),
        ]
        if self.layout.machine.cache_samples:
            m.d.comb += self.epochs.data.eq(request.data)
