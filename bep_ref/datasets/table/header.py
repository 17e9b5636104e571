"""Whether the first line of a table names its columns: decided by evidence, refused where the evidence is mixed."""

from collections import Counter
from collections.abc import Sequence

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import is_missing
from bep_ref.datasets.numbers import number
from bep_ref.datasets.table.cells import is_value

CHANCE = 4
"""Columns from which on a first line that counts cannot be a sample by chance."""
SAY = "add ?header=yes or ?header=no to the file's name"


def is_header(
    cells: Sequence[str], label: str, below: Counter[str], whole: Sequence[bool], samples: int, where: str
) -> bool:
    """Whether the first line is a header: feature ``cells`` and a ``label`` cell.

    ``below`` counts the labels of the ``samples`` rows below it; ``whole`` says of each feature whether all its values
    below are whole numbers. ``where`` names file and line in messages.

    Raises
    ------
    DataError : some cells look like names and others like values, or a label that occurs once stands above numbers.
    """
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not is_value(cell)]
    if words and len(words) == len(filled):
        return label not in below or len(filled) == len(cells)
    known = label in below or is_missing(label) or not _repeat(below, samples)
    if words:
        if known:
            return False
        value = next(cell for cell in filled if is_value(cell))
        raise DataError(f"{where} looks like a header, but {value!r} in it is a number; {SAY}")
    if counts([*filled, label]) and (len(filled) + 1 >= CHANCE or not known or not any(whole)):
        return True
    if known:
        return False
    if len(filled) < len(cells) or (number(label) is None and all(number(other) is not None for other in below)):
        return True
    if _names(filled):
        return True
    raise DataError(f"{where}: {label!r} occurs in no other row: a header, or a class of one sample? {SAY}")


def counts(cells: Sequence[str]) -> bool:
    """Whether ``cells`` are 0, 1, 2, ... or 1, 2, 3, ..., as libraries name columns that have no names."""
    return any(list(cells) == [str(first + index) for index in range(len(cells))] for first in (0, 1))


def _repeat(below: Counter[str], samples: int) -> bool:
    """Whether labels repeat, so that one which occurs once is striking."""
    return 0 < 2 * len(below) <= samples


def _names(cells: Sequence[str]) -> bool:
    """Whether numbers may be names: different whole numbers such as years, or rising ones such as wavelengths."""
    values = [number(cell) or 0 for cell in cells]
    if len(set(values)) < len(values):
        return False
    return all(cell.isdecimal() for cell in cells) or (len(cells) > 2 and values == sorted(values))
