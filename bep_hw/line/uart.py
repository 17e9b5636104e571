"""Serial line, 8N1: one start bit (0), eight data bits from the lowest up, one stop bit (1); idle is 1."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from bep_ref.config import ConfigError

MINIMUM_DIVISOR = 4
"""Clock cycles a bit: below, the middle of a bit cannot be told from its edges."""
TOLERANCE = 0.02
"""A byte is ten bits long; over them the two ends may drift apart by a fifth of a bit."""


def divisor(clock_hz: float, baud: int) -> int:
    """Clock cycles a bit; `ConfigError` if the clock is too slow or does not come within 2 % of ``baud``."""
    cycles = round(clock_hz / baud)
    if cycles < MINIMUM_DIVISOR:
        raise ConfigError(
            f"baud: {baud} is too fast for a clock of {clock_hz / 1e6:g} MHz; at most a quarter of it works"
        )
    if abs(clock_hz / cycles / baud - 1) > TOLERANCE:
        raise ConfigError(f"baud: {baud} cannot be made from a clock of {clock_hz / 1e6:g} MHz within {TOLERANCE:.0%}")
    return cycles


class Receiver(wiring.Component):
    """``bytes`` from the line ``rx`` (asynchronous, synchronised here); every bit is sampled in its middle.

    ``overrun`` is high for one cycle when a byte is lost because the one before was not taken in time, ``framing``
    when a byte is dropped because its stop bit is missing.
    """

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        super().__init__({"rx": In(1, init=1), "bytes": Out(stream.Signature(8)), "overrun": Out(1), "framing": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        rx = Signal(init=1)
        m.submodules.synchroniser = FFSynchronizer(self.rx, rx, init=1)
        timer = Signal(range(self.divisor))
        bits = Signal(8)
        left = Signal(range(9))
        with m.If(self.bytes.ready):
            m.d.sync += self.bytes.valid.eq(0)

        m.d.sync += timer.eq(timer - 1)
        sample = Signal()
        m.d.comb += sample.eq(timer == 0)
        with m.If(sample):
            m.d.sync += timer.eq(self.divisor - 1)
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [timer.eq(self.divisor // 2 - 1), left.eq(8)]
                with m.If(~rx):
                    m.next = "START"
            with m.State("START"):
                with m.If(sample):
                    m.next = "DATA"
                    with m.If(rx):  # too short for a start bit
                        m.next = "IDLE"
            with m.State("DATA"):
                with m.If(sample):
                    m.d.sync += [bits.eq(Cat(bits[1:], rx)), left.eq(left - 1)]
                    with m.If(left == 1):
                        m.next = "STOP"
            with m.State("STOP"):
                with m.If(sample):
                    m.next = "IDLE"
                    with m.If(~rx):
                        m.d.comb += self.framing.eq(1)
                        m.next = "BREAK"
                    with m.Elif(self.bytes.valid & ~self.bytes.ready):
                        m.d.comb += self.overrun.eq(1)
                    with m.Else():
                        m.d.sync += [self.bytes.payload.eq(bits), self.bytes.valid.eq(1)]
            with m.State("BREAK"):
                with m.If(rx):
                    m.next = "IDLE"
        return m


class Transmitter(wiring.Component):
    """``bytes`` to the line ``tx``; the next byte is taken as soon as the one before has left."""

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        super().__init__({"bytes": In(stream.Signature(8)), "tx": Out(1, init=1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        timer = Signal(range(self.divisor))
        line = Signal(9, init=0b1_1111_1111)  # the bit on the line lowest
        left = Signal(range(11))
        m.d.comb += [self.tx.eq(line[0]), self.bytes.ready.eq(left == 0)]
        with m.If(timer != 0):
            m.d.sync += timer.eq(timer - 1)
        with m.Elif(left != 0):
            m.d.sync += [line.eq(Cat(line[1:], 1)), left.eq(left - 1), timer.eq(self.divisor - 1)]
        with m.If(self.bytes.valid & self.bytes.ready):
            m.d.sync += [line.eq(Cat(0, self.bytes.payload)), left.eq(10), timer.eq(self.divisor - 1)]
        return m
