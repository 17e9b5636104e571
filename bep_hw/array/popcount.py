"""XNOR-popcount: how many bits of a weight word and an input word agree, one word a cycle."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray


def _depth(bits: int) -> int:
    """Adder levels needed: a level adds two counts and, in the carry-in, one more bit, so d levels take 2^(d+1) - 1."""
    return bits.bit_length() - 1


class XnorPopcount(wiring.Component):
    """A tree of adders whose carry-ins take one input bit each: 3, 7, 15, … bits a level.

    Each adder's left side is filled before its right side begins: a full tree has the fewest adders a bit.

    Parameters
    ----------
    lanes : width of both words.
    levels_per_stage : adder levels between registers; the last level is always registered.

    Ports: ``weight`` and ``input`` (lanes) in, ``count`` out, ``delay`` cycles later.
    """

    def __init__(self, lanes: int, levels_per_stage: int = 2) -> None:
        self.lanes, self.levels_per_stage = lanes, levels_per_stage
        super().__init__({"weight": In(lanes), "input": In(lanes), "count": Out(range(lanes + 1))})

    @property
    def delay(self) -> int:
        """Cycles from the words to their count."""
        return self.delay_of(self.lanes, self.levels_per_stage)

    @staticmethod
    def delay_of(lanes: int, levels_per_stage: int = 2) -> int:
        """The ``delay`` of a tree of so many ``lanes``."""
        return max(1, -(-_depth(lanes) // levels_per_stage))

    def model(self, weight: NDArray[Any], inputs: NDArray[Any]) -> NDArray[Any]:
        """Counts (n,) of words (n, lanes) of bits."""
        return np.sum(weight == inputs, axis=1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        total_depth = _depth(self.lanes)

        def registered(value: Value, depth: int) -> Value:
            """A register behind every ``levels_per_stage`` levels, counted so that the last level has one."""
            if (total_depth - depth) % self.levels_per_stage:
                return value
            stage = Signal(value.shape(), reset_less=True)
            m.d.sync += stage.eq(value)
            return stage

        def delayed(bit: Value, depth: int) -> Value:
            """A bit waits as long as the counts it joins above ``depth`` levels."""
            for level in range(1, depth + 1):
                bit = registered(bit, level)
            return bit

        def count(bits: list[Value], depth: int) -> Value:
            if len(bits) < 2:
                return delayed(bits[0], depth) if bits else Const(0, 1)
            carry, rest = bits[0], bits[1:]
            full = 2**depth - 1
            left, right = count(rest[:full], depth - 1), count(rest[full:], depth - 1)
            # the lowest position turns the carry bit into the adder's carry-in
            total = Cat(1, left) + Cat(delayed(carry, depth - 1), right)
            level = Signal(len(bits).bit_length(), name=f"level{depth}")
            m.d.comb += level.eq(total >> 1)
            return registered(level, depth)

        agree = ~(self.weight ^ self.input)
        if total_depth == 0:
            m.d.sync += self.count.eq(agree)
        else:
            m.d.comb += self.count.eq(count(list(agree), total_depth))
        return m
