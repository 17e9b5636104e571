"""A lane of the update engine: one saturating counter stepped up or down."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray


class CounterStep(wiring.Component):
    """``stepped`` is ``counter`` plus or minus one, unless ``enable`` is low or it would leave B bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        super().__init__({"counter": In(bits), "up": In(1), "enable": In(1), "stepped": Out(bits)})

    def model(self, counter: NDArray[Any], up: NDArray[Any], enable: NDArray[Any]) -> NDArray[Any]:
        """Stepped counters; ``counter`` signed, ``up`` and ``enable`` 0 or 1."""
        half = 1 << (self.bits - 1)
        return np.clip(counter + enable * np.where(up, 1, -1), -half, half - 1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        total = Signal(self.bits)
        m.d.comb += total.eq(self.counter + Cat(1, (~self.up).replicate(self.bits - 1)))
        # stepping away from zero must not turn the sign bit
        over = Signal()
        m.d.comb += over.eq((self.counter[-1] ^ total[-1]) & (self.counter[-1] ^ self.up))
        m.d.comb += self.stepped.eq(total)
        with m.If(over | ~self.enable):
            m.d.comb += self.stepped.eq(self.counter)
        return m
