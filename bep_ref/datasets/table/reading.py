"""A whole table to learn from: features, labels, names, and what was understood."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import is_missing, no_classes
from bep_ref.datasets.table.beginning import Beginning, Record, begin
from bep_ref.datasets.table.cells import CellError, NumberReader, is_value
from bep_ref.datasets.table.columns import Layout, is_unnamed, lay_out, repeated, unique_names
from bep_ref.datasets.table.counting import counting_features, row_numbers
from bep_ref.datasets.table.header import counts, is_header
from bep_ref.datasets.table.notes import understood
from bep_ref.datasets.table.options import TableOptions
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


def read_table(lines: Iterable[str], options: TableOptions, preferred: str = "") -> Table:
    """The table of ``lines``; its label column is the option's, else the one called ``preferred``, else the last.

    Raises
    ------
    DataError : a row that does not fit, a feature that is no finite number, a missing label, labels that are no
        classes, or a first line of which nobody knows whether it is a header. Lines and columns count from 1.
    """
    table = begin(iter(lines), str(options.path), options, LOOK)
    layout = lay_out(table, options, preferred)
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


class Rows:
    """Records of a table to features and labels."""

    def __init__(self, table: Beginning, layout: Layout, options: TableOptions) -> None:
        self.table, self.layout, self.options = table, layout, options
        self.numbers = NumberReader(options.decimal)
        for _, cells in table.sample:
            self.numbers.look_at(cells)

    def read(self, record: Record) -> tuple[NDArray[np.float64], str]:
        """Features in their order in the file, and the label, empty where there is none."""
        values, label = self.values(record)
        if self.layout.label is not None and not self.options.keep_missing and is_missing(label):
            where = f"{self.table.name}: row {record[0]}, column {self.layout.label + 1}"
            limit = "it must be a number or a word (missing=keep makes such words classes)"
            raise DataError(f"{where}: the label is {label!r}; {limit}")
        return values, label

    def values(self, record: Record) -> tuple[NDArray[np.float64], str]:
        """The same where labels may be missing."""
        line, cells = record
        where = f"{self.table.name}: row {line}"
        if len(cells) != self.table.width:
            raise DataError(f"{where}: {len(cells)} columns; it must be {self.table.width} as in the rows above")
        for index in self.layout.empty:
            if cells[index]:
                raise DataError(f"{where}, column {index + 1}: {cells[index]!r} in a column without a name and values")
        try:
            values = self.numbers.row([cells[index] for index in self.layout.features])
        except CellError as bad:
            column = self.layout.features[bad.index]
            raise DataError(f"{where}, column {column + 1}: {bad}{self._hint(column)}") from None
        return values, "" if self.layout.label is None else cells[self.layout.label]

    def _hint(self, column: int) -> str:
        """The options that help where a feature's column holds words throughout."""
        if not self.table.sample or any(is_value(cells[column]) for _, cells in self.table.sample[:2]):
            return ""
        return f"; label={column + 1} makes this column the label, drop={column + 1} leaves it out"

    def notes(self, x: NDArray[np.float64], positions: Sequence[int]) -> Notes:
        """On columns of True and False among those at ``positions``, whose values are ``x`` (n, len(positions))."""
        words = [index for index, position in enumerate(positions) if self._boolean(position)]
        for index in words:
            if not np.isin(x[:, index], (0, 1)).all():
                raise DataError(
                    f"{self.table.name}: column {positions[index] + 1} holds True or False and other numbers"
                )
        return (Note(f"{len(words)} columns hold True and False, read as 1 and 0"),) if words else ()

    def _boolean(self, position: int) -> bool:
        return any(self.layout.features[index] == position for index in self.numbers.booleans)


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
    text = f"line {table.first[0]} counts its columns and is taken for a sample; header=yes makes it the header"
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
