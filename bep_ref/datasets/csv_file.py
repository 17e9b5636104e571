"""`csv:FILE`: a table in a text file, one sample a line, numbers as features and one column of labels."""

from pathlib import Path

import numpy as np

from bep_ref.datasets.contents import Contents, Part
from bep_ref.datasets.dataset import DataError, Dataset, suitable_binariser
from bep_ref.datasets.labels import whole_numbers_or_words
from bep_ref.datasets.schema import Schema
from bep_ref.datasets.table.known import KnownTable
from bep_ref.datasets.table.options import TableOptions, parse
from bep_ref.datasets.table.reading import read_table
from bep_ref.datasets.table.text import text_lines
from bep_ref.notes import Note

NAME = "csv"
USAGE = "csv:FILE"
SUMMARY = "table, label in the last column or FILE?label=NAME, a fifth is the test part; options: docs/tables.md"


def load(argument: str) -> Dataset:
    """The table with a fixed, stratified test part; ``argument`` is `parse`'s."""
    options = options_of(argument)
    table = read_table(text_lines(options.path), options)
    part = Part(table.x, whole_numbers_or_words(table.labels), f"{options.path}: labels")
    found = Contents(f"{NAME}:{argument}", {"all": part}, table.columns, table.label, table.notes)
    return found.dataset(suitable_binariser(table.x))


def contents(argument: str, schema: Schema) -> Contents:
    """The whole table for a model that knows ``schema``: features in the model's order, labelled or not."""
    schema.check_kind(False, f"{NAME}:{argument}")
    options = options_of(argument)
    table = KnownTable(text_lines(options.path), options, schema)
    rows = list(table)
    if not rows:
        raise DataError(f"{options.path}: it holds no samples")
    labels = whole_numbers_or_words([label for _, _, label in rows]) if table.labelled else None
    missing = f"{options.path}: it has no label column to compare with"
    part = Part(np.array([values for _, values, _ in rows]), labels, f"{options.path}: labels", missing)
    notes = (*table.notes, Note(f"{len(rows)} rows"))
    return Contents(f"{NAME}:{argument}", {"all": part}, schema.columns, schema.label, notes)


def options_of(argument: str, *others: Path) -> TableOptions:
    """What ``argument`` says about a table; `DataError` unless it names a file, or one of the ``others``."""
    options = parse(argument, USAGE)
    if options.path not in others and not options.path.is_file():
        raise DataError(f"data: csv: {options.path} is not a file")
    return options
