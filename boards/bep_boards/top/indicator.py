"""Lights for events too short to see."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Indicator(wiring.Component):
    """``lights[i]`` is on for a period of ``2**period_bits`` cycles after one in which ``events[i]`` was high."""

    def __init__(self, count: int, period_bits: int = 20) -> None:
        self.period_bits = period_bits
        super().__init__({"events": In(count), "lights": Out(count)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        timer = Signal(self.period_bits)
        seen = Signal.like(self.events)
        m.d.sync += [timer.eq(timer + 1), seen.eq(seen | self.events)]
        with m.If(timer == 0):
            m.d.sync += [self.lights.eq(seen), seen.eq(self.events)]
        return m
