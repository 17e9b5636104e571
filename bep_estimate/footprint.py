"""LUTs, flip-flops and logic cells of a board: a sum of parts, each so many cells for each thing it is made of.

The numbers of cells are fitted to synthesised boards (`bep bench estimate`) and kept in ``coefficients.json``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from bep_boards.chips.family import Device
from bep_estimate.memories import BLOCKS, in_blocks, memories
from bep_hw.plan.layout import Layout
from bep_hw.winners.columns import ColumnSums

LUTS_OF_LUT_RAM = 6
"""Of a 16 x 4 bit memory, its write port included."""

PARTS = (
    "board",
    "training",
    "lanes",
    "activation words",
    "column sums",
    "counter steps",
    "neurons",
    "address bits",
    "statistics",
    "receive buffer",
    "cache",
    "classifiers",
    "recurrent",
    "states",
    "copied addresses",
)
GUESS = {
    "lut4": dict(zip(PARTS, (1200, 600, 3, 0.5, 1, 5, 1, 6, 300, 60, 300, 60, 200, 4, 0.1), strict=True)),
    "ff": dict(zip(PARTS, (700, 500, 3, 0.1, 1, 5, 2, 4, 250, 20, 250, 40, 150, 1, 1), strict=True)),
    "packing": {"flip-flops": 0.3, "lanes": 2.0},
}
"""Cells by construction: a lane has a LUT of an adder and one of a multiplexer, a bit of a column sum its own adder. Of
packing: logic cells without a LUT; those are a lane's registers behind the plane and of what is shifted in, and every
third other flip-flop."""
TRUST = 0.03
"""A part that is twice its guess weighs as much as a board that is so far off."""


@cache
def coefficients() -> dict[str, Any]:
    """What ``bep bench estimate`` found: cells of each part by family, clocks and packing by device."""
    found: dict[str, Any] = json.loads((files("bep_estimate") / "coefficients.json").read_text())
    return found


def parts(layout: Layout) -> dict[str, float]:
    """How much there is of everything whose cells are counted."""
    network, machine = layout.network, layout.machine
    columns = ColumnSums.width(max(network.widths)) if machine.training else 0
    starts = {
        layout.activation_lane(index, word)
        for index, place in enumerate(layout.layers)
        if index
        for word in range(place.words)
    }
    addresses = (layout.plane_depth, layout.bank_depth, layout.rows_depth, layout.z_depth, layout.slot_chunks)
    trains = float(machine.training)
    return {
        "board": 1.0,
        "training": trains,
        "lanes": machine.lanes,
        "activation words": machine.lanes * (len(starts) - 1),
        "column sums": trains * layout.backward_lanes * columns,
        "counter steps": trains * machine.update_lanes * network.counter_bits,
        "neurons": max(network.widths),
        "address bits": trains * sum((depth - 1).bit_length() for depth in addresses),
        "statistics": float(machine.statistics),
        "receive buffer": float(machine.receive_buffer),
        "cache": float(machine.cache_samples > 0),
        "classifiers": layout.classifiers - 1,
        "recurrent": float(layout.recurrent),
        "states": layout.recurrent * network.widths[0],
        "copied addresses": _copied_addresses(layout),
    }


def _copied_addresses(layout: Layout) -> float:
    """Bits of the addresses, to read and to write, that every part of the hidden plane has a copy of."""
    parts_of_it = [shape for shape in memories(layout) if shape.name.startswith("hidden.")]
    return layout.machine.register_plane * 2.0 * sum((shape.depth - 1).bit_length() for shape in parts_of_it)


@dataclass(frozen=True)
class Cells:
    """What a board takes of its chip's logic: 4-input LUTs, flip-flops, and the cells that both are packed into."""

    lut4: int
    ff: int
    logic: int


def cells(layout: Layout, device: Device, found: Mapping[str, Any]) -> Cells:
    """Those of a board with ``layout``'s trainer, by the coefficients ``found``."""
    family, there = device.family.name, parts(layout)
    lut4 = round(total(found["cells"][family]["lut4"], there)) + in_luts(layout, device)
    ff = round(total(found["cells"][family]["ff"], there))
    return Cells(lut4, ff, lut4 + round(total(found["packing"][family], loose(layout, ff))))


def loose(layout: Layout, ff: float) -> dict[str, float]:
    """What takes logic cells for itself, without a LUT, of a board with ``ff`` flip-flops."""
    return {"flip-flops": ff, "lanes": layout.machine.lanes}


def total(found: Mapping[str, float], there: Mapping[str, float]) -> float:
    """Cells of what is ``there``, each part with as many as were ``found``."""
    return sum(found[name] * number for name, number in there.items())


def in_luts(layout: Layout, device: Device) -> int:
    """LUTs of the memories that are too small for block RAM."""
    block, chosen = BLOCKS[device.family.name], in_blocks(layout, device)
    return LUTS_OF_LUT_RAM * sum(block.lut_rams(shape) for shape in memories(layout) if shape not in chosen)


def fit(there: Sequence[Mapping[str, float]], counts: Sequence[float], kind: str) -> dict[str, float]:
    """Cells (``kind``: lut4, ff or packing) of each part, none negative, that make the least mean square of relative
    errors: each of several boards has so much ``there``, and ``counts`` cells.

    Where boards say little of a part, it stays near `GUESS`.
    """
    from sklearn.linear_model import LinearRegression

    names = list(GUESS[kind])
    guess = np.array([GUESS[kind][name] for name in names])
    boards = np.array([[row[name] for name in names] for row in there]).reshape(-1, len(names))
    matrix = np.concatenate([boards / np.asarray(counts, float)[:, None], TRUST * np.diag(1 / guess)])
    ones = np.concatenate([np.ones(len(boards)), np.full(len(guess), TRUST)])
    line = LinearRegression(positive=True, fit_intercept=False).fit(matrix, ones)
    return {name: round(float(value), 3) for name, value in zip(names, line.coef_, strict=True)}
