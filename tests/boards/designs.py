"""Small designs with a known number of memories, for building."""

from typing import Any

from amaranth import Module
from amaranth.lib import io, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from bep_boards.board import Board
from bep_boards.chips.pll import Setting
from bep_boards.top.clocks import add_clocks


class Memories(wiring.Component):
    """``count`` memories behind each other, the last of ``last`` x 8 bits, the others of 512 x 8."""

    def __init__(self, count: int, last: int = 512) -> None:
        self.depths = [512] * (count - 1) + [last]
        super().__init__({"data": In(8), "address": In(9), "result": Out(8)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        value = self.data
        for index, depth in enumerate(self.depths):
            m.submodules[f"memory{index}"] = memory = Memory(shape=8, depth=depth, init=[])
            write, read = memory.write_port(), memory.read_port()
            m.d.comb += [write.addr.eq(self.address), write.data.eq(value), write.en.eq(1)]
            m.d.comb += read.addr.eq(self.address + index + 1)
            value = read.data
        m.d.comb += self.result.eq(value)
        return m


class OnBoard(wiring.Component):
    """``Memories`` between a board's serial pins, clocked by its own oscillator or by a PLL at ``setting``."""

    def __init__(self, board: Board, count: int, setting: Setting | None = None) -> None:
        self.board, self.unit, self.setting = board, Memories(count), setting
        super().__init__({})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.submodules.unit = self.unit
        if self.setting is not None:
            add_clocks(m, platform, self.board, self.setting)
        uart = platform.request(*self.board.uart, dir="-")
        m.submodules.rx = rx = io.FFBuffer("i", uart.rx)
        m.submodules.tx = tx = io.FFBuffer("o", uart.tx)
        m.d.sync += self.unit.data.eq(self.unit.data << 1 | rx.i)
        m.d.sync += self.unit.address.eq(self.unit.address + 1)
        m.d.comb += tx.o.eq(self.unit.result.xor())
        return m
