"""Free-running counters of events."""

from typing import Any

import numpy as np
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.host.bank import Bank
from bep_hw.interfaces.host import Events
from bep_hw.plan.registers import STATISTICS, address


class Statistics(wiring.Component):
    """Counts `Events`, and cycles, modulo 2^32; ``totals`` has a member per name of `STATISTICS`."""

    def __init__(self) -> None:
        super().__init__(
            {
                "events": In(Events()),
                "totals": Out(wiring.Signature({name: Out(32) for name in STATISTICS})),
            }
        )

    def model(self, events: NDArray[Any]) -> NDArray[Any]:
        """Totals (names,) after ``events`` (cycles, names) of bits."""
        return np.sum(events, axis=0) % (1 << 32)

    def bank(self) -> Bank:
        """Their registers."""
        return Bank(values={address(name): getattr(self.totals, name) for name in STATISTICS})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for name in STATISTICS:
            total: Signal = getattr(self.totals, name)
            with m.If(1 if name == "cycles" else getattr(self.events, name)):
                m.d.sync += total.eq(total + 1)
        return m
