"""The lines that say how a table was understood."""

from collections.abc import Sequence

import numpy as np

from bep_ref.datasets.labels import lookalikes, whole_numbers_or_words
from bep_ref.datasets.table.beginning import Beginning
from bep_ref.datasets.table.cells import NumberReader
from bep_ref.datasets.table.separator import SEPARATORS
from bep_ref.names import SHOWN, listed, shown
from bep_ref.notes import Note, Notes


def understood(
    table: Beginning,
    header: bool,
    numbers: NumberReader,
    label: int,
    labels: Sequence[str],
    columns: Sequence[str],
    shape: tuple[int, ...],
) -> Notes:
    """Separator and decimal mark, header, label column and its classes, features, rows, and what was passed over."""
    separator = SEPARATORS.get(table.separator, repr(table.separator))
    text = f"{table.name}: {shape[0]} rows, separated by {separator}, "
    text += "decimal commas, " if numbers.decimal == "," else ""
    line = table.first[0] - table.commented
    text += f"header in line {line}" if header else f"no header: line {line} is the first sample"
    names, counts = np.unique(whole_numbers_or_words(labels), return_counts=True)
    classes = [f"{shown(str(name))} ({count})" for name, count in zip(names[:SHOWN], counts, strict=False)]
    classes += [f"... ({len(names)} in all)"] if len(names) > SHOWN else []
    called = f" ({listed([table.names[label]])})" if header else ""
    lines = [
        Note(text),
        Note(f"label: column {label + 1}{called}, {len(names)} classes: {', '.join(classes)}"),
        Note(f"features: {shape[1]}" + (f": {listed(columns)}" if columns else "")),
        *lookalikes([str(name) for name in names]),
    ]
    if comments := len(table.records.comments) - table.commented:
        lines.append(Note(f"left out as comments, because they begin with #: {comments} lines", doubtful=True))
    if table.records.empty:
        lines.append(Note(f"left out, because all cells are empty: {table.records.empty} rows"))
    return tuple(lines)
