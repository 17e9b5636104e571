"""Partners that take their time: streams of the bench that stall in cycles nobody can foresee."""

from dataclasses import dataclass
from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_ref.config import ConfigError


@dataclass(frozen=True)
class Pace:
    """How a stream stalls: in each cycle it closes with chance ``close`` / 256, and opens again with ``open`` / 256.

    ``seed``, not 0, decides which cycles that are.
    """

    close: int
    open: int
    seed: int

    def __post_init__(self) -> None:
        for name, low, high in (("close", 0, 256), ("open", 1, 256), ("seed", 1, 2**32 - 1)):
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"{name}: {getattr(self, name)} is out of range; it must be {low} to {high}")


class Stall(wiring.Component):
    """A stream from ``input`` to ``output``, in no time while it is open and not at all while it is closed.

    What has been offered to ``output`` stays offered until it is taken: it does not close over an item.
    """

    def __init__(self, shape: Any, pace: Pace) -> None:
        self.pace = pace
        super().__init__({"input": In(stream.Signature(shape)), "output": Out(stream.Signature(shape))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        state, steps = Signal(32, init=self.pace.seed), [Signal(32, name=f"step{index}") for index in range(2)]
        m.d.comb += [  # xorshift32
            steps[0].eq(state ^ (state << 13)),
            steps[1].eq(steps[0] ^ (steps[0] >> 17)),
        ]
        m.d.sync += state.eq(steps[1] ^ (steps[1] << 5))
        is_open, held = Signal(), Signal()
        draw = state[8:16]
        with m.If(is_open):
            m.d.sync += is_open.eq(draw >= self.pace.close)
        with m.Else():
            m.d.sync += is_open.eq(draw < self.pace.open)
        passing = is_open | held
        m.d.comb += [
            self.output.valid.eq(self.input.valid & passing),
            self.output.payload.eq(self.input.payload),
            self.input.ready.eq(self.output.ready & passing),
        ]
        m.d.sync += held.eq(self.output.valid & ~self.output.ready)
        return m
