"""A whole table to learn from: features, labels, names, and what was understood."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import no_classes
from bep_ref.datasets.table.beginning import Beginning, begin
from bep_ref.datasets.table.columns import Layout, is_unnamed, lay_out, repeated, unique_names
from bep_ref.datasets.table.counting import counting_features, row_numbers
from bep_ref.datasets.table.header import counts, is_header
from bep_ref.datasets.table.notes import understood
from bep_ref.datasets.table.options import TableOptions
from bep_ref.datasets.table.rows import Rows
from bep_ref.notes import Note, Notes

LOOK = 200
"""Lines that are looked at before the first is read."""


@dataclass(frozen=True)
class Table:
    """``x`` (n, features) finite numbers, ``labels`` (n,) as written, and names, empty where there is no header."""

    x: NDArray[np.float64]
    labels: list[str]
    columns: tuple[str, ...]
    label: str
    notes: Notes


def read_table(lines: Iterable[str], options: TableOptions) -> Table:
    """The table of ``lines``.

    Raises
    ------
    DataError : a row that does not fit, a feature that is no finite number, a missing label, labels that are no
        classes, or a first line of which nobody knows whether it is a header. Lines and columns count from 1.
    """
    table = begin(iter(lines), str(options.path), options, LOOK)
    layout = lay_out(table, options)
    if layout.label is None or not layout.features:
        raise DataError(f"{table.name}: {table.width} columns; it must be at least one feature and a label")
    rows = Rows(table, layout, options)
    header = table.commented or layout.by_name or options.header is True
    body = [rows.read(record) for record in table.body]
    if not header and options.header is None:
        header = _is_header(table, layout, body)
    if table.commented or not header:
        body.insert(0, rows.read(table.first))
    if not body:
        raise DataError(f"{table.name}: it holds no samples")
    x, labels = np.array([values for values, _ in body]), [label for _, label in body]
    _check_classes(labels, table, layout, options)
    numbers = row_numbers(x, [header and is_unnamed(table.names[index]) for index in layout.features], header)
    kept = [index for index in range(x.shape[1]) if index not in numbers]
    if not kept:
        raise DataError(f"{table.name}: no column but row numbers and a label; it must be at least one feature")
    positions = [layout.features[index] for index in kept]
    x = x[:, kept] if numbers else x
    columns = unique_names(table.names, positions) if header else ()
    left = tuple(
        Note(f"column {layout.features[index] + 1} has no name and numbers the rows: left out", doubtful=True)
        for index in numbers
    )
    notes = (
        *understood(table, header, rows.numbers, layout.label, labels, columns, x.shape),
        *layout.notes,
        *left,
        *rows.notes(x, positions),
        *(repeated(table.names, positions) if header else _counting_line(table, options)),
        *counting_features(x, columns, positions),
    )
    return Table(x, labels, columns, table.names[layout.label] if header else "", notes)


def _is_header(table: Beginning, layout: Layout, body: Sequence[tuple[NDArray[np.float64], str]]) -> bool:
    cells = [table.names[index] for index in layout.features]
    label = "" if layout.label is None else table.names[layout.label]
    x = np.array([values for values, _ in body]).reshape(-1, len(cells))
    whole = (x == np.rint(x)).all(axis=0).tolist()
    below = Counter(label for _, label in body)
    return is_header(cells, label, below, whole, len(body), f"{table.name}: row {table.first[0]}")


def _counting_line(table: Beginning, options: TableOptions) -> Notes:
    """A doubtful note where the first sample could be numbers of columns."""
    if not counts(table.names) or options.header is False:
        return ()
    remedy = "?header=yes after the file's name makes it the header"
    text = f"line {table.first[0]} counts its columns and is taken for a sample; {remedy}"
    return (Note(text, doubtful=True),)


def _check_classes(labels: Sequence[str], table: Beginning, layout: Layout, options: TableOptions) -> None:
    assert layout.label is not None
    if problem := no_classes(labels, chosen=bool(options.label)):
        last = layout.label == max(*layout.features, layout.label)
        column = "last column" if last else f"column {layout.label + 1}"
        raise DataError(
            f"{table.name}: {column}: {problem}; csv:{table.name}?label=NAME takes another column for the label "
            "(a name, first, or a number)"
        )
