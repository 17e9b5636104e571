"""What goes onto a board: the trainer with its serial line, clocks and lights."""

from typing import Any

from amaranth.hdl import Cat, Module
from amaranth.lib import io, wiring

from bep_boards.board import Board
from bep_boards.chips.pll import Setting
from bep_boards.top.clocks import add_clocks
from bep_boards.top.indicator import Indicator
from bep_hw.line.uart import divisor
from bep_hw.link.serial_trainer import SerialTrainer
from bep_ref.config import AnyNetwork, Machine


class BoardTop(wiring.Component):
    """A trainer of ``network`` on ``machine`` behind the serial port of ``board``, clocked at ``setting``.

    Lights: ``link`` when bytes come in, ``training`` when samples update weights, ``error`` from the first lost or
    unknown byte until reset.
    """

    def __init__(self, network: AnyNetwork, machine: Machine, board: Board, setting: Setting) -> None:
        self.network, self.machine, self.board, self.setting = network, machine, board, setting
        super().__init__({})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        settling = add_clocks(m, platform, self.board, self.setting)
        cycles = divisor(platform.default_clk_frequency, self.board.baud)
        m.submodules.trainer = trainer = SerialTrainer(self.network, self.machine, cycles)

        uart = platform.request(*self.board.uart, dir="-")
        m.submodules.rx_pin = rx_pin = io.Buffer("i", uart.rx)
        m.submodules.tx_pin = tx_pin = io.Buffer("o", uart.tx)
        m.d.comb += [trainer.settling.eq(settling), trainer.rx.eq(rx_pin.i), tx_pin.o.eq(trainer.tx)]

        m.submodules.indicator = indicator = Indicator(2)
        m.d.comb += indicator.events.eq(Cat(trainer.active, trainer.updating))
        lights = {"link": indicator.lights[0], "training": indicator.lights[1], "error": trainer.error}
        for name, port in led_ports(platform, self.board).items():
            m.submodules[f"{name}_led"] = led = io.Buffer("o", port)
            m.d.comb += led.o.eq(lights[name])
        for resource in self.board.high:
            m.submodules[resource[0]] = held = io.Buffer("o", platform.request(*resource, dir="-"))
            m.d.comb += held.o.eq(1)
        return m


def led_ports(platform: Any, board: Board) -> dict[str, io.PortLike]:
    """The port of each light that ``board`` has. Lights that are parts of one resource are requested together."""
    resources = dict.fromkeys((name, number) for name, number, *_ in board.leds.values())
    ports = {resource: platform.request(*resource, dir="-") for resource in resources}
    return {
        light: getattr(ports[name, number], *part) if part else ports[name, number]
        for light, (name, number, *part) in board.leds.items()
    }
