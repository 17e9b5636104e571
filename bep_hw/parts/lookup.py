"""Constants chosen by a signal: a table in LUTs."""

from collections.abc import Iterable
from typing import Any

from amaranth.hdl import Array, Const, Module, Signal


def lookup(m: Module, values: Iterable[int], index: Any) -> Signal:
    """``values[index]``, as wide as the largest needs (the last one where ``index`` is beyond them)."""
    table = [int(value) for value in values]
    signal = Signal(range(max([1, *table]) + 1))
    m.d.comb += signal.eq(Array(Const(value, len(signal)) for value in table)[index])
    return signal
