"""A table for a model that knows its features and classes: read row by row, with labels or without."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.schema import Schema
from bep_ref.datasets.table.beginning import Beginning, begin
from bep_ref.datasets.table.cells import is_value
from bep_ref.datasets.table.columns import Layout, column_of, is_unnamed, label_column, unique_names
from bep_ref.datasets.table.header import CHANCE, SAY, counts
from bep_ref.datasets.table.options import NONE, TableOptions
from bep_ref.datasets.table.reading import LOOK
from bep_ref.datasets.table.rows import Rows
from bep_ref.names import listed
from bep_ref.notes import Note, Notes

STREAM = 2
"""Lines to look at where the next ones may take their time to come: a header and a sample."""


class KnownTable:
    """Iterates over ``(line, features, label)`` of a table, for a model that knows ``schema``.

    ``features`` (F,) are in the model's order, ``label`` is the cell as written, empty where the table is not
    ``labelled``; ``line`` counts from 1. Columns are matched by name where both sides have names. The label's column is
    the option's, else the one called as in training, or the only strange one where the model has no name for it. Where
    names are missing, it is the last of one column more than the model has features. ``lines`` are lines of text with
    their ends, `STREAM` or more of which are read at once.
    ``notes`` say what was understood.

    Raises
    ------
    DataError : columns that are not the model's; while iterating, a row that does not fit or a cell that is no number.
    """

    def __init__(self, lines: Iterator[str], options: TableOptions, schema: Schema, look: int = LOOK) -> None:
        table = begin(lines, str(options.path), options, look, single=schema.features == 1)
        self.header = options.header if options.header is not None else table.commented or _is_header(table, schema)
        self._table = table
        kept = _kept(table, options, schema, self.header)
        label = _label(kept, table, options, schema, self.header)
        names_decide = self.header and schema.columns
        if not names_decide and len(kept) - (label is not None) != schema.features:
            need = f"{schema.features} features, and at most one label more"
            raise DataError(f"data: {table.name} has {len(kept)} columns; the model needs {need}")
        features = [index for index in kept if index != label]
        names = unique_names(table.names, features) if self.header else ()
        order, notes = schema.order(names, len(features), table.name)
        empty = tuple(index for index in range(table.width) if table.is_empty(index))
        self.labelled = label is not None
        self._rows = Rows(table, Layout(tuple(features[index] for index in order), label, empty, (), False), options)
        self.notes: Notes = (*_understood(table, self.header, label, kept, options), *notes)

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.float64], str]]:
        if self._table.commented or not self.header:
            yield self._table.first[0], *self._rows.values(self._table.first)
        for record in self._table.body:
            yield record[0], *self._rows.values(record)


def _is_header(table: Beginning, schema: Schema) -> bool:
    """Whether the first line names columns: the model's, or words where samples have numbers.

    Raises
    ------
    DataError : one word among numbers that is no class of the model: a header of numbers, or another class.
    """
    filled = [cell for cell in table.names if cell]
    if schema.columns and set(schema.columns) <= set(filled):
        return True
    words = [cell for cell in filled if not is_value(cell)]
    if len(words) > 1 or set(words) & set(schema.columns):
        return True
    if len(words) == table.width:
        return words[0] not in schema.class_names
    if words and words[0] not in schema.class_names and table.width > schema.features:
        problem = f"{words[0]!r} is no class of the model, and the other cells are numbers"
        raise DataError(f"{table.name}: row {table.first[0]}: {problem}; {SAY}")
    return not words and len(filled) >= CHANCE and counts(filled)


def _kept(table: Beginning, options: TableOptions, schema: Schema, header: bool) -> list[int]:
    """Columns that may be features or the label."""
    dropped = [column_of(text, table, "drop", options.header) for text in options.drop]
    kept = []
    for index, name in enumerate(table.names):
        numbers_rows = header and is_unnamed(name) and f"column {index + 1}" not in schema.columns
        if index not in dropped and not numbers_rows and not table.is_empty(index):
            kept.append(index)
    return kept


def _label(kept: Sequence[int], table: Beginning, options: TableOptions, schema: Schema, header: bool) -> int | None:
    if options.label == NONE:
        return None
    if options.label:
        return label_column(options, kept, table)
    if header and schema.columns:
        strange = [index for index in kept if table.names[index] not in schema.columns]
        if schema.label:
            strange = [index for index in strange if table.names[index] == schema.label]
        return strange[0] if len(strange) == 1 else None
    return kept[-1] if len(kept) == schema.features + 1 else None


def _understood(table: Beginning, header: bool, label: int | None, kept: Sequence[int], options: TableOptions) -> Notes:
    line = table.first[0] - table.commented
    text = f"{table.name}: header in line {line}" if header else f"{table.name}: no header"
    called = f" ({listed([table.names[label]])})" if header and label is not None else ""
    text += "; no label" if label is None else f"; label in column {label + 1}{called}"
    left = [index for index in range(table.width) if index not in kept]
    if not left:
        return (Note(text),)
    names = [table.names[index] if header else "" for index in left]
    columns = listed([name or f"column {index + 1}" for name, index in zip(names, left, strict=True)])
    return (Note(text), Note(f"left out{' as asked' if options.drop else ''}: {columns}", doubtful=not options.drop))
