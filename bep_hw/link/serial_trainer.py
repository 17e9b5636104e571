"""A trainer that is reached over a serial line."""

from amaranth.hdl import DomainRenamer, Module, ResetInserter, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.line.crossing import Crossing
from bep_hw.line.uart import Receiver, Transmitter
from bep_hw.link.linked_trainer import LinkedTrainer
from bep_ref.config import AnyNetwork, Machine


class SerialTrainer(wiring.Component):
    """A trainer of ``network`` on ``machine`` in domain ``sync``, its serial line in domain ``link``.

    The line takes ``divisor`` cycles of ``link`` a bit, so its rate does not depend on the trainer's clock. ``active``
    is high while a byte from the host waits, ``updating`` for a cycle when a sample updates weights; ``error`` stays
    high from the first lost byte or refused frame until reset. ``settling`` resets what is in ``sync``, as the domain
    does where it has a reset.
    """

    def __init__(self, network: AnyNetwork, machine: Machine, divisor: int) -> None:
        self.network, self.machine, self.divisor = network, machine, divisor
        super().__init__(
            {
                "settling": In(1),
                "rx": In(1, init=1),  # line from the host
                "tx": Out(1, init=1),  # line to the host
                "active": Out(1),
                "updating": Out(1),
                "error": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.trainer = trainer = LinkedTrainer(self.network, self.machine)
        receiver, transmitter = Receiver(self.divisor), Transmitter(self.divisor)
        in_link = DomainRenamer("link")
        m.submodules.receiver, m.submodules.transmitter = in_link(receiver), in_link(transmitter)
        inward, outward = Crossing("link", "sync"), Crossing("sync", "link")
        resettable = ResetInserter({"sync": self.settling})
        m.submodules.inward, m.submodules.outward = resettable(inward), resettable(outward)
        m.d.comb += [trainer.settling.eq(self.settling), receiver.rx.eq(self.rx), self.tx.eq(transmitter.tx)]
        wiring.connect(m, receiver.bytes, inward.input)
        wiring.connect(m, inward.output, trainer.received)
        wiring.connect(m, trainer.sent, outward.input)
        wiring.connect(m, outward.output, transmitter.bytes)

        lost, refused = Signal(), Signal()
        m.d.link += lost.eq(lost | receiver.overrun | receiver.framing)
        m.d.sync += refused.eq((refused | trainer.refused) & ~self.settling)
        m.d.comb += [
            self.active.eq(trainer.received.valid),
            self.updating.eq(trainer.updating),
            self.error.eq(lost | refused),
        ]
        return m
