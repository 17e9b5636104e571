"""`csv:FILE`: a comma-separated table, one sample a line, numbers as features and the label in the last column."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.contents import Contents, Part
from bep_ref.datasets.dataset import (
    DataError,
    Dataset,
    is_number,
    suitable_binariser,
    whole_numbers_or_words,
)

NAME = "csv"
USAGE = "csv:FILE"
SUMMARY = "comma-separated numbers, label in the last column, header line or none; a fifth is the test part"


def load(argument: str) -> Dataset:
    """The table with a fixed, stratified test part. Labels may be whole numbers or words."""
    found = contents(argument)
    return found.dataset(suitable_binariser(found.learned.x))


def contents(argument: str) -> Contents:
    """The table, whose last column is the label."""
    if not argument:
        raise DataError(f"data: csv needs a file: {USAGE}")
    path = Path(argument)
    if not path.is_file():
        raise DataError(f"data: csv: {path} is not a file")
    x, labels, names = read_csv(path)
    part = Part(x, labels, f"{path}: last column")
    return Contents(f"{NAME}:{argument}", {"all": part}, names[:-1], names[-1] if names else "")


def read_csv(path: Path) -> tuple[NDArray[np.float64], NDArray[Any], tuple[str, ...]]:
    """Features (n, columns - 1), labels (n,), whole numbers if all of them are, else strings, and the columns' names.

    The first line is a header if none of its feature cells is a number. Errors count lines and columns from 1.
    """
    samples: list[NDArray[np.float64]] = []
    labels: list[str] = []
    names: tuple[str, ...] = ()
    width = 0
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True)
            for cells in reader:
                where = f"{path}: row {reader.line_num}"
                if not any(cell.strip() for cell in cells):
                    continue
                if not width:
                    width = len(cells)
                    if width < 2:
                        raise DataError(f"{where}: 1 column; it must be at least one feature, a comma and a label")
                    if not any(is_number(cell) for cell in cells[:-1]):
                        names = tuple(cell.strip() for cell in cells)
                        continue
                if len(cells) != width:
                    raise DataError(f"{where}: {len(cells)} columns; it must be {width} as in the rows above")
                samples.append(_features(cells[:-1], where))
                labels.append(cells[-1].strip())
                if not labels[-1] or labels[-1].lower() == "nan":
                    raise DataError(
                        f"{where}, column {width}: the label is {cells[-1]!r}; it must be a number or a word"
                    )
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a CSV file ({error})") from None
    if not samples:
        raise DataError(f"{path}: it holds no samples")
    return np.array(samples), whole_numbers_or_words(labels), names


def _features(cells: list[str], where: str) -> NDArray[np.float64]:
    try:
        row = np.array(cells, dtype=np.float64)
    except ValueError:
        column = next(index for index, cell in enumerate(cells, start=1) if not is_number(cell))
        raise DataError(f"{where}, column {column}: {cells[column - 1]!r} is not a number") from None
    if not np.isfinite(row).all():
        column = int(np.flatnonzero(~np.isfinite(row))[0])
        raise DataError(f"{where}, column {column + 1}: {cells[column].strip()} is not a finite number")
    return row
