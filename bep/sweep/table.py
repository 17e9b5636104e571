"""The results as a tidy table: a line for each network, seed, board and placement; a column for each variable."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bep.sweep.plan import Row
from bep.sweep.point import Outcome
from bep_ref.files.atomic import write_atomically

Line = dict[str, Any]
MEASURED = ("best_epoch", "train_accuracy", "validation_accuracy", "test_accuracy")
SIZES = ("lut4", "ff", "fmax_mhz")
SPEED = ("cycles_per_sample_estimated", "samples_per_second_estimated")


def lines_of(rows: Sequence[Row], outcomes: Mapping[str, Outcome]) -> list[Line]:
    """A line for each of ``rows``, all with the same columns; a cell is None where there is nothing to put in.

    ``outcomes`` by the names of points. Column ``failure`` has the reasons of a line that lacks any.
    """
    return [_line(row, [outcomes[point.name] for point in row.points]) for row in rows]


def _line(row: Row, outcomes: Sequence[Outcome]) -> Line:
    line: Line = {name: _cell(value) for name, value in row.settings.items()} | {"seed": row.seed} | row.facts
    line |= dict.fromkeys(MEASURED)
    if row.board:
        placed = row.placement_seed is not None
        line |= {"board": row.board, "placement_seed": row.placement_seed} if placed else {"board": row.board}
        line |= dict.fromkeys(SIZES if placed else [f"{name}_estimated" for name in SIZES]) | dict.fromkeys(SPEED)
    for outcome in outcomes:
        line |= outcome.result or {}
    cycles, clock = line.get("cycles_per_sample_estimated"), line.get("fmax_mhz", line.get("fmax_mhz_estimated"))
    if cycles and clock:
        line["samples_per_second_estimated"] = round(clock * 1e6 / cycles)
    line["failure"] = "; ".join(outcome.failure for outcome in outcomes if outcome.failure) or None
    return line


def _cell(value: Any) -> Any:
    """Lists as the command line takes them."""
    return " ".join(map(str, value)) if isinstance(value, tuple) else value


def write(lines: Sequence[Line], folder: Path) -> list[Path]:
    """``results.csv`` and ``results.parquet`` in ``folder``."""
    from pyarrow import BufferOutputStream, Table, parquet

    text, columns = io.StringIO(), BufferOutputStream()
    sheet = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(lines)
    parquet.write_table(Table.from_pylist(list(lines)), columns)
    contents = {"results.csv": text.getvalue().encode(), "results.parquet": columns.getvalue().to_pybytes()}
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [folder / name for name in contents]
