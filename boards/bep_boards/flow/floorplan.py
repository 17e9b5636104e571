"""Where on the chip each part of a routed design lies."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from bep_boards.chips.family import Device

PARTS = {
    "propagate engine": ("propagate",),
    "visible plane": ("visible",),
    "backward, winners": ("backward", "gated"),
    "update engine": ("update", "orders", "unroll"),
    "reinforcement": ("reinforcement",),
    "hidden plane": ("hidden",),
    "samples": ("inputs", "samples", "loader", "beat", "epochs", "records"),
    "host and link": ("host", "bridge", "receiver", "transmitter", "inward", "outward"),
}
"""What a floorplan tells apart: modules of `bep_hw.trainer` and of the link around it."""
REST = "everything else"
"""Cells outside of these modules: clocks, lights, and glue whose names synthesis made up."""

BEL = re.compile(r"X(\d+)/Y(\d+)/")
_PART_OF = {module: part for part, modules in PARTS.items() for module in modules}


def part(cell: str) -> str:
    """The part that a cell belongs to, by its name: the modules that it is in, then its own, with dots between."""
    modules = (name.partition("$")[0] for name in cell.split(".")[:-1])
    return next((_PART_OF[name] for name in modules if name in _PART_OF), REST)


def floorplan(netlist: Path, device: Device) -> dict[str, Any]:
    """The cells of a placed ``netlist``, as nextpnr writes it, by tile.

    ``grid`` counts the tiles of a row and of a column. Entries of ``cells`` are [column, row, index into ``resources``,
    index into ``parts``, number of cells], rows counted from the top of the chip. ``memories`` are the indices of those
    resources that are memories.
    """
    parts, resources = [*PARTS, REST], list(device.family.resources)
    (design,) = (
        module["cells"] for module in json.loads(netlist.read_text())["modules"].values() if _is_placed(module)
    )
    found: Counter[tuple[int, int, int, int]] = Counter()
    for name, cell in design.items():
        place = BEL.match(cell["attributes"].get("NEXTPNR_BEL", ""))
        if cell["type"] in resources and place:
            x, y = int(place[1]), int(place[2])
            row = device.grid[1] - 1 - y if device.family.rows_rise else y
            found[x, row, resources.index(cell["type"]), parts.index(part(name))] += 1
    return {
        "device": device.name,
        "grid": list(device.grid),
        "parts": parts,
        "resources": resources,
        "memories": sorted(resources.index(name) for name in device.family.memories.values()),
        "cells": [[*key, number] for key, number in sorted(found.items())],
    }


def _is_placed(module: dict[str, Any]) -> bool:
    return any("NEXTPNR_BEL" in cell["attributes"] for cell in module["cells"].values())
