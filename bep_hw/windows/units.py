"""From best matches to units, and the memory in which the read-out finds them."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.best import match_layout
from bep_hw.windows.layout import WindowLayout
from bep_ref.config import gate_threshold


def bounds_layout(layout: WindowLayout) -> data.StructLayout:
    """Agreeing bits p of an offset: the unit is +1 from ``active`` on; a candidate from ``low`` to ``high``.

    With K bits, threshold θ and gate g these are ceil((K + θ) / 2), and for |2p - K - θ| <= g
    ceil((K + θ - g) / 2) and floor((K + θ + g) / 2), as far as they are within 0 to K + 1.
    """
    agree = range(layout.geometry.fan_in + 2)
    return data.StructLayout({"active": agree, "low": agree, "high": agree})


def bounds(fan_in: int, thresholds: tuple[int, ...], gate: float) -> list[dict[str, int]]:
    """Fields of `bounds_layout` for each of the ``thresholds`` θ_t; no candidates where ``high`` is below ``low``."""
    allowed = gate_threshold(gate, fan_in)
    found = []
    for threshold in thresholds:
        middle = fan_in + threshold
        low, high = -(-(middle - allowed) // 2), (middle + allowed) // 2
        if high < 0:
            low, high = 1, 0
        found.append({"active": -(-middle // 2), "low": low, "high": high})
    return [{name: min(max(value, 0), fan_in + 1) for name, value in item.items()} for item in found]


def unit_layout(layout: WindowLayout) -> data.StructLayout:
    """What is kept of a kernel in a place: of every offset whether the unit is +1 (``active``) and ``near`` its
    threshold; and the pooled window that matched best."""
    offsets = len(layout.network.offsets)
    return data.StructLayout({"active": offsets, "near": offsets, "pooled": match_layout(layout)["pooled"].shape})


class Units(wiring.Component):
    """Compares best matches with the ``bounds`` of all offsets; ``units`` follow ``best`` by one cycle."""

    DELAY = 1

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        rows, offsets = layout.rows_per_word, len(layout.network.offsets)
        super().__init__(
            {
                "bounds": In(data.ArrayLayout(bounds_layout(layout), offsets)),
                "best": In(data.ArrayLayout(match_layout(layout), rows)),
                "units": Out(data.ArrayLayout(unit_layout(layout), rows)),
            }
        )

    def model(self, agree: NDArray[Any], limits: list[dict[str, int]]) -> tuple[NDArray[Any], NDArray[Any]]:
        """``active`` and ``near`` bits (n, T) of best matches ``agree`` (n,), with `bounds` as ``limits``."""
        active = np.stack([agree >= item["active"] for item in limits], axis=-1)
        near = np.stack([(agree >= item["low"]) & (agree <= item["high"]) for item in limits], axis=-1)
        return active, near

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for match, unit in zip(self.best, self.units, strict=True):
            m.d.sync += [
                unit.active.eq(Cat(match.agree >= item.active for item in self.bounds)),
                unit.near.eq(Cat((match.agree >= item.low) & (match.agree <= item.high) for item in self.bounds)),
                unit.pooled.eq(match.pooled),
            ]
        return m


class UnitMemory(wiring.Component):
    """Units of two samples by turns, a word of R kernels at an address: (sample, number of the word in it).

    ``data`` follows ``address`` by one cycle.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        word = data.ArrayLayout(unit_layout(layout), layout.rows_per_word)
        number = range(layout.place_words)
        super().__init__(
            {
                "write": In(1),
                "write_sample": In(1),
                "write_number": In(number),
                "write_data": In(word),
                "sample": In(1),
                "number": In(number),
                "data": Out(word),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words = 1 << (self.layout.place_words - 1).bit_length()
        block = memory.Memory(shape=len(self.write_data.as_value()), depth=2 * words, init=[])
        m.submodules.block = block
        write, read = block.write_port(), block.read_port()
        m.d.comb += [
            write.en.eq(self.write),
            write.addr.eq(self.write_sample * words + self.write_number),
            write.data.eq(self.write_data),
            read.en.eq(1),
            read.addr.eq(self.sample * words + self.number),
            self.data.eq(read.data),
        ]
        return m
