"""Columns that count the rows: an index that a library has written, not a feature."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bep_ref.notes import Note, Notes

_ROWS = 10
"""Rows from which on 0, 1, 2, ... is no coincidence."""


def row_numbers(x: NDArray[np.float64], unnamed: Sequence[bool], header: bool) -> list[int]:
    """Features of ``x`` (n, features) that number the rows.

    With a header those without a name whose values are different whole numbers, in any order: tables are shuffled and
    cut. Without one the first, if it counts from 0 or 1 and is not the only feature.
    """
    if header:
        return [index for index, nameless in enumerate(unnamed) if nameless and _different(x[:, index])]
    return [0] if x.shape[1] > 1 and _counts(x[:, 0]) else []


def counting_features(x: NDArray[np.float64], names: Sequence[str], positions: Sequence[int]) -> Notes:
    """A doubtful note on each feature that counts the rows from 0 or 1 and is kept all the same."""
    notes: Notes = ()
    for index in range(x.shape[1]):
        if _counts(x[:, index]):
            number = positions[index] + 1
            called = f" ({names[index]})" if names else ""
            remedy = f"?drop={number} after the file's name leaves it out"
            notes += (Note(f"column {number}{called} counts the rows and is a feature; {remedy}", doubtful=True),)
    return notes


def _different(values: NDArray[np.float64]) -> bool:
    return np.array_equal(values, np.rint(values)) and len(np.unique(values)) == len(values)


def _counts(values: NDArray[np.float64]) -> bool:
    return len(values) >= _ROWS and values[0] in (0, 1) and bool((np.diff(values) == 1).all())
