"""A trainer that is reached through bytes."""

from amaranth.hdl import Module, ResetInserter, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.hardware import hardware
from bep_hw.link.bridge import Bridge
from bep_ref.config import AnyNetwork, Machine


class LinkedTrainer(wiring.Component):
    """A trainer of ``network`` on ``machine`` behind its bridge: all of a board but clocks and line.

    ``settling`` resets all of it, as the domain does where it has a reset.
    ``updating`` is high for a cycle when a sample updates weights, ``refused`` when a frame is answered by an error.
    """

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "settling": In(1),
                "received": In(stream.Signature(8)),  # bytes from the host
                "sent": Out(stream.Signature(8)),  # bytes to the host
                "updating": Out(1),
                "refused": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bridge = Bridge(self.network, self.machine)
        m.submodules.bridge = ResetInserter(self.settling)(bridge)
        trainer = hardware(self.network, self.machine)
        # a reset goes to every corner of the chip, so it comes right out of a flip-flop; no frame follows so soon
        reset = Signal(init=1)
        m.d.sync += reset.eq(bridge.reset | self.settling)
        m.submodules.trainer = ResetInserter(reset)(trainer)
        for port in ("samples", "results", "requests", "replies"):
            wiring.connect(m, getattr(trainer, port), getattr(bridge, port))
        wiring.connect(m, wiring.flipped(self.received), bridge.received)
        wiring.connect(m, bridge.sent, wiring.flipped(self.sent))
        result = trainer.results
        updating = result.valid & result.ready & result.payload.triggered
        if self.machine.cache_samples:
            updating |= trainer.updating
        m.d.comb += [self.updating.eq(updating), self.refused.eq(bridge.refused)]
        return m
