"""What goes onto a board: the trainer, its serial link, clocks and lights."""

from typing import Any

from amaranth.hdl import Cat, DomainRenamer, Module, Signal
from amaranth.lib import io, wiring

from bep_hw.link.bridge import Bridge
from bep_hw.link.crossing import Crossing
from bep_hw.link.uart import Receiver, Transmitter, divisor
from bep_hw.trainer import Trainer
from bep_ref.config import Machine, Network
from boards.board import Board
from boards.clocks import add_clocks
from boards.indicator import Indicator
from boards.pll import Setting


class BoardTop(wiring.Component):
    """A trainer of ``network`` on ``machine`` behind the serial port of ``board``, clocked at ``setting``.

    The serial line is timed by the board's own clock, so its rate does not depend on the trainer's. Lights: ``link``
    when bytes come in, ``training`` when samples update weights, ``error`` from the first lost or unknown byte until
    reset.
    """

    def __init__(self, network: Network, machine: Machine, board: Board, setting: Setting) -> None:
        self.network, self.machine, self.board, self.setting = network, machine, board, setting
        super().__init__({})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        add_clocks(m, platform, self.board, self.setting)
        m.submodules.trainer = trainer = Trainer(self.network, self.machine)
        m.submodules.bridge = bridge = Bridge(self.network, self.machine)
        for port in ("samples", "results", "requests", "replies"):
            wiring.connect(m, getattr(trainer, port), getattr(bridge, port))

        cycles = divisor(platform.default_clk_frequency, self.board.baud)
        uart = platform.request(*self.board.uart, dir="-")
        receiver, transmitter = Receiver(cycles), Transmitter(cycles)
        in_link = DomainRenamer("link")
        m.submodules.receiver, m.submodules.transmitter = in_link(receiver), in_link(transmitter)
        m.submodules.rx_pin = rx_pin = io.Buffer("i", uart.rx)
        m.submodules.tx_pin = tx_pin = io.Buffer("o", uart.tx)
        m.d.comb += [receiver.rx.eq(rx_pin.i), tx_pin.o.eq(transmitter.tx)]
        m.submodules.inward = inward = Crossing("link", "sync")
        m.submodules.outward = outward = Crossing("sync", "link")
        wiring.connect(m, receiver.bytes, inward.input)
        wiring.connect(m, inward.output, bridge.received)
        wiring.connect(m, bridge.sent, outward.input)
        wiring.connect(m, outward.output, transmitter.bytes)

        lost, unknown = Signal(), Signal()
        m.d.link += lost.eq(lost | receiver.overrun | receiver.framing)
        m.d.sync += unknown.eq(unknown | bridge.unknown)
        result = trainer.results
        m.submodules.indicator = indicator = Indicator(2)
        m.d.comb += indicator.events.eq(
            Cat(bridge.received.valid, result.valid & result.ready & result.payload.triggered)
        )
        lights = {"link": indicator.lights[0], "training": indicator.lights[1], "error": lost | unknown}
        for name, resource in self.board.leds.items():
            m.submodules[f"{name}_led"] = led = io.Buffer("o", platform.request(*resource, dir="-"))
            m.d.comb += led.o.eq(lights[name])
        return m
