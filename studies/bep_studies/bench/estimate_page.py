"""The table of errors in the documentation of `bep estimate`, from rows of `compare`."""

from collections.abc import Mapping, Sequence
from typing import Any

from bep_ref.config import ConfigError

BEGIN, END = "<!-- written by bep bench estimate -->\n", "<!-- end -->\n"
COLUMNS = {
    "lut4": "LUT4",
    "ff": "flip-flops",
    "logic_cells": "logic cells",
    "cycles_per_sample": "cycles a sample",
    "fmax_mhz": "clock",
}


def table(rows: Sequence[Mapping[str, Any]], worst: Mapping[str, float]) -> str:
    """Markdown: estimate over measurement less 1 of every row, and the ``worst`` of each figure."""
    lines = ["| board | memories | fits | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 3) + "|"]
    for row in rows:
        exact = "exact" if row["memories"]["estimate"] == row["memories"]["measured"] else "wrong"
        lacks = row["lacks"]["estimate"]
        fits = f"no: {lacks}" if lacks else "yes"
        if row["lacks"]["measured"] != lacks:
            fits += " (wrong)"
        errors = (f"{row[name]['error']:+.1%}" if name in row else "" for name in COLUMNS)
        lines.append(f"| {row['name']} | {exact} | {fits} | " + " | ".join(errors) + " |")
    errors = (f"**{worst[name]:.1%}**" if name in worst else "" for name in COLUMNS)
    lines.append("| **largest error** | | | " + " | ".join(errors) + " |")
    return "\n".join(lines) + "\n"


def with_table(page: str, content: str) -> str:
    """``page`` with ``content`` in the place of what stands between the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, behind = rest.partition(END)
    if not (begin and end):
        raise ConfigError(f"page: has no place for the table; it must have lines {BEGIN.strip()} and {END.strip()}")
    return before + begin + "\n" + content + "\n" + end + behind
