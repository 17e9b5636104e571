"""Signs of the counters that a commit sweeps over, gathered to blocks of the visible plane."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Array, Cat, Const, Module, Signal

from bep_hw.plan.layout import LayerLayout
from bep_hw.plan.layouts import AnyLayout
from bep_hw.windows.layout import PlaneLayout


def gather(m: Module, layout: AnyLayout, target: Any, start: Signal, valid: Any, signs: Any) -> None:
    """Add to ``m`` what writes ``signs`` of slices, in the order of the sweep, to ``target`` (`BlockWrite`).

    ``signs`` (banks x N) are those of a slice while ``valid``; ``start`` announces the first slice. The lanes after the
    last input of a row stay 0.
    """
    places: Sequence[LayerLayout | PlaneLayout] = layout.trainable
    parts = layout.parts
    address, column = Signal.like(target.address), Signal.like(target.block)
    layer, left = Signal(range(max(2, len(places)))), Signal(range(max(place.columns for place in places)))
    row, part = Signal(range(max(place.rows for place in places))), Signal(range(max(2, parts)))
    columns = Array(Const(place.columns - 1, len(left)) for place in places)
    firsts = Array(Const(place.first_column, len(column)) for place in places)
    rows = Array(Const(place.rows - 1, len(row)) for place in places)
    gathered = signs
    if parts > 1:
        held = Signal(layout.column - len(signs))
        gathered = Cat(held, signs)
        with m.If(valid):
            m.d.sync += [held.eq(gathered[len(signs) :]), part.eq(part + 1)]
    masked = Signal(layout.column)
    m.d.comb += masked.eq(gathered)
    for number, place in enumerate(places):
        tail = place.columns * layout.column - place.fan_in
        if tail:
            with m.If((layer == number) & (left == 0)):
                m.d.comb += masked[layout.column - tail :].eq(0)
    complete = Signal()
    m.d.comb += complete.eq(valid & (part == parts - 1))
    m.d.sync += target.valid.eq(complete)
    with m.If(complete):
        m.d.sync += [
            target.data.eq(masked),
            target.address.eq(address),
            target.block.eq(column),
            address.eq(address + 1),
            row.eq(row + 1),
            part.eq(0),
        ]
        with m.If(row == rows[layer]):
            # the next column of the same word begins at its first row again
            m.d.sync += [column.eq(column + 1), left.eq(left - 1), row.eq(0), address.eq(address - rows[layer])]
            with m.If(column == layout.columns_per_word - 1):
                m.d.sync += [column.eq(0), address.eq(address + 1)]
            with m.If(left == 0):
                following = (layer + 1)[: len(layer)]
                m.d.sync += [layer.eq(following), column.eq(firsts[following]), left.eq(columns[following])]
    with m.If(start):
        m.d.sync += [address.eq(0), layer.eq(0), column.eq(firsts[0]), left.eq(columns[0]), row.eq(0), part.eq(0)]
