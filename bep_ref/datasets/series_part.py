"""Series of one file and their classes, in the same form whatever the format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.contents import Part
from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import fraction, is_missing
from bep_ref.datasets.numbers import number
from bep_ref.notes import Notes


@dataclass(frozen=True)
class SeriesPart:
    """``series``, each (length, channels) with NaN where a value is missing, and their ``labels`` as they are written.

    ``labels`` are None where the file has none; ``missing`` is the message then.
    """

    path: Path
    series: list[NDArray[np.float64]]
    labels: list[str] | None
    missing: str = ""
    notes: Notes = ()

    @property
    def channels(self) -> int:
        """Values at a time."""
        return self.series[0].shape[1]

    @property
    def shortest(self) -> int:
        """Length of the shortest series."""
        return min(map(len, self.series))

    def part(self) -> Part:
        """Series (n, longest, channels), NaN after the end of the shorter ones, a missing value as the one before."""
        x = _stack(self.series, self.path)
        stranger = "class {label!r} of series {row} does not occur in the training part"
        labels = None if self.labels is None else _classes(self.labels, self.path)
        return Part(x, labels, str(self.path), self.missing, stranger)


def read_lines(path: Path) -> list[str]:
    """Lines of a text file, UTF-8 with or without a byte order mark; `DataError` if it is none."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a text file") from None


def _classes(labels: Sequence[str], path: Path) -> NDArray[np.generic]:
    """Whole numbers, also written 1.0 or 1.0e+00, or words; `DataError` for labels that are missing or fractions."""
    for row, label in enumerate(labels, start=1):
        if is_missing(label):
            raise DataError(f"{path}: series {row}: the class is missing")
    if part := fraction(labels):
        raise DataError(f"{path}: classes are fractions, such as {part}; they must be whole numbers or words")
    values = [number(label) for label in labels]
    numbers = [value for value in values if value is not None and abs(value) < 2**53]
    return np.array(numbers, dtype=np.int64) if len(numbers) == len(labels) else np.array(labels)


def _stack(series: list[NDArray[np.float64]], path: Path) -> NDArray[np.float64]:
    """All series in one array (n, longest, channels), NaN after the end of the shorter ones."""
    out = np.full((len(series), max(map(len, series)), series[0].shape[1]), np.nan)
    for row, values in enumerate(series):
        out[row, : len(values)] = _fill(values, f"{path}: series {row + 1}")
    return out


def _fill(values: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """Each missing value as the last known one of its channel, the first ones as the first known."""
    known = ~np.isnan(values)
    if not known.any(axis=0).all():
        raise DataError(f"{where}: channel {int(known.any(axis=0).argmin()) + 1} has no value at all")
    latest = np.maximum.accumulate(np.where(known, np.arange(len(values))[:, None], -1), axis=0)
    return np.take_along_axis(values, np.where(latest < 0, known.argmax(axis=0), latest), axis=0)
