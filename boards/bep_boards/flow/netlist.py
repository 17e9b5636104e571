"""Counting cells of a synthesised netlist."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bep_boards.chips.family import Family


@dataclass(frozen=True)
class Resources:
    """4-input LUTs (carry cells and distributed RAM included at what they take), flip-flops, memories by primitive."""

    lut4: int
    ff: int
    block_rams: dict[str, int]


def cells(netlist: dict[str, Any], top: str) -> Counter[str]:
    """How often each primitive occurs in ``top`` and below it; ``netlist`` as yosys writes it in JSON."""
    modules = netlist["modules"]
    found: Counter[str] = Counter()
    for cell in modules[top]["cells"].values():
        kind = cell["type"]
        if kind in modules and "blackbox" not in modules[kind]["attributes"]:
            found += cells(netlist, kind)
        else:
            found[kind] += 1
    return found


def count(path: Path, family: Family, top: str = "top") -> Resources:
    """Resources of the netlist in file ``path``."""
    found = cells(json.loads(path.read_text()), top)

    def starting_with(prefix: str) -> int:
        return sum(number for kind, number in found.items() if kind.startswith(prefix))

    return Resources(
        lut4=sum(found[kind] * luts for kind, luts in family.luts.items()),
        ff=sum(starting_with(prefix) for prefix in family.flip_flops),
        block_rams={kind: number for kind in family.memories if (number := starting_with(kind))},
    )
