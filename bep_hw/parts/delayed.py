"""A value some cycles later."""

from typing import Any

from amaranth.hdl import Module, Signal


def delayed(m: Module, value: Any, cycles: int) -> Any:
    """``value`` ``cycles`` cycles later, 0 before that."""
    for _ in range(cycles):
        stage = Signal.like(value)
        m.d.sync += stage.eq(value)
        value = stage
    return value
