"""Labels in text: which are missing, which are no classes, and which are whole numbers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import MAX_CLASSES, MIN_CLASSES
from bep_ref.datasets.numbers import number
from bep_ref.names import listed
from bep_ref.notes import Note, Notes

_MISSING = frozenset(
    (
        *("", "na", "n/a", "n.a.", "<na>", "nan", "-nan", "+nan", "nat", "null", "(null)", "nil", "none", "?"),
        *("#n/a", "#n/a n/a", "#na", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "(blank)"),
        *("#value!", "#ref!", "#div/0!", "#name?", "#null!", "#num!"),
    )
)
"""In small letters: the spellings of pandas, R, databases and spreadsheets."""
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,14})((?:\.0+)?(?:[eE]\+?00?)?)")
_DENSE = 2
"""Classes are numbered without great gaps: their numbers span at most so many times their count."""
_MANY = 20
"""Different whole numbers from which on classes should be numbered from 0 or 1 without great gaps."""
_ROWS = 5
"""Rows from which on labels that mostly differ make a column no label."""


def is_missing(label: str) -> bool:
    """Whether ``label`` is one of the spellings by which spreadsheets and libraries mark a missing value."""
    return label.strip().lower() in _MISSING


def whole_numbers_or_words(labels: Sequence[str]) -> NDArray[Any]:
    """Labels (n,), whole numbers if all of them are written as such, else as written.

    Whole numbers sort as numbers: class 10 comes after class 2. All are written alike, plainly or all with ``.0``: 007
    and 7, or 1 and 1.0, are different labels.
    """
    matches = [_WHOLE.fullmatch(label) for label in labels]
    numbers = [match.group(1) for match in matches if match]
    if len(numbers) == len(labels) and len({match.group(2) for match in matches if match}) == 1:
        return np.array([int(text) for text in numbers], dtype=np.int64)
    return np.array(labels)


def plain_number(label: str) -> str:
    """``label`` without the ``.0`` of a whole number, else as it is."""
    match = _WHOLE.fullmatch(label)
    return match.group(1) if match else label


def fraction(labels: Iterable[str]) -> str:
    """The first of ``labels`` that is a fraction, if all of them are numbers; else empty."""
    numbers = {label: number(label) for label in labels}
    fractions = [label for label, value in numbers.items() if value is not None and not value.is_integer()]
    return fractions[0] if fractions and None not in numbers.values() else ""


def no_classes(labels: Sequence[str], chosen: bool) -> str:
    """Why ``labels`` cannot be classes, in words that follow the column's name; empty if they can be.

    They are a measurement if some are fractions, or if there are many whole numbers with great gaps between them,
    unless the user has ``chosen`` the column. They are no classes either where most of them differ.
    """
    counts = Counter(labels)
    if not MIN_CLASSES <= len(counts) <= MAX_CLASSES:
        return f"{len(counts)} different labels is out of range; it must be {MIN_CLASSES} to {MAX_CLASSES}"
    if part := fraction(counts):
        return f"it holds fractions such as {part} and so no classes"
    numbers = [value for value in map(number, counts) if value is not None]
    if len(numbers) == len(counts):
        span = max(numbers) - min(numbers) + 1
        if not chosen and len(counts) > _MANY and (span > _DENSE * len(counts) or min(numbers) not in (0, 1)):
            return f"it holds {len(counts)} different numbers that do not count from 0 or 1 and so no classes"
    if len(labels) >= _ROWS and 2 * len(counts) > len(labels):
        return f"it holds {len(counts)} different values in {len(labels)} rows and so no classes"
    return ""


def lookalikes(names: Sequence[str]) -> Notes:
    """Doubtful notes on classes that differ by capitals or blanks alone, or that are one number in two spellings."""
    notes: Notes = ()
    spellings: dict[object, list[str]] = {}
    for name in names:
        spellings.setdefault(Decimal(name) if number(name) is not None else _letters(name), []).append(name)
    for alike in spellings.values():
        if len(alike) > 1:
            notes += (Note(f"classes {listed(alike)} are different labels, though they look alike", doubtful=True),)
    return notes


def _letters(name: str) -> str:
    """What a reader sees of ``name``: no capitals, no difference between blanks, no invisible characters."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).casefold().split())
