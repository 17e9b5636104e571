"""What Verilator counted in one run: its coverage file, "SystemC::Coverage-3", point by point.

A line is C '<key>\\2<value>\\1<key>\\2<value>...' <count>; of the keys we need t (type), page (ends with the module),
o (what it is about), l and n (line and column in the Verilog).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ENCODED = re.compile(r"__0([0-9A-F]{2})", re.IGNORECASE)
"""A character of a name that C++ does not allow in one, as Verilator spells it."""
TOGGLE = re.compile(r"(?P<name>.+?)(?:\[(?P<bit>\d+)\])?:(?P<edge>0->1|1->0)")


@dataclass
class Counts:
    """``rises`` and ``falls`` by (module, signal, bit); ``arms``, how often each branch of an if or a case was taken,
    by (module, line, column, Verilator's word for it).
    """

    rises: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    falls: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    arms: Counter[tuple[str, int, int, str]] = field(default_factory=Counter)

    def toggled(self, module: str, signal: str, bit: int) -> bool:
        """Whether the bit went both ways."""
        return self.rises[module, signal, bit] > 0 and self.falls[module, signal, bit] > 0


def read(path: Path) -> Counts:
    """The counts of coverage file ``path``; words of memories are left out."""
    counts = Counts()
    for line in path.read_text().splitlines():
        if not line.startswith("C '"):
            continue
        point, number = line[3:].rsplit("' ", 1)
        keys = dict(entry.split("\2", 1) for entry in point.split("\1")[1:])
        module, about = keys["page"].split("/", 1)[1], keys["o"]
        if keys["t"] == "toggle":
            match = TOGGLE.fullmatch(about)
            if match and not match["name"].endswith("]"):
                edges = counts.rises if match["edge"] == "0->1" else counts.falls
                edges[module, decoded(match["name"]), int(match["bit"] or 0)] += int(number)
        elif about != "block":  # what runs whenever anything does
            counts.arms[module, int(keys["l"]), int(keys["n"]), about] += int(number)
    return counts


def decoded(name: str) -> str:
    """A signal's name as it is in the Verilog."""
    return ENCODED.sub(lambda match: chr(int(match[1], 16)), name)
