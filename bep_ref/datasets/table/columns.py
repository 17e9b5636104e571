"""Which columns of a table are features, which one is the label, and which are neither."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.table.beginning import Beginning
from bep_ref.datasets.table.cells import is_value
from bep_ref.datasets.table.options import FIRST, LAST, NONE, TableOptions
from bep_ref.names import listed
from bep_ref.notes import Note, Notes

_UNNAMED = re.compile(r"(Unnamed: [0-9]+)?")


@dataclass(frozen=True)
class Layout:
    """Positions of ``features`` and of the ``label`` (None: there is none), of ``empty`` columns, which hold nothing,
    and ``notes`` on columns left out. ``by_name``: the user named a column, so there is a header."""

    features: tuple[int, ...]
    label: int | None
    empty: tuple[int, ...]
    notes: Notes
    by_name: bool


def is_unnamed(name: str) -> bool:
    """Whether a header's cell is no name: empty, or what pandas writes for an empty one."""
    return bool(_UNNAMED.fullmatch(name))


def lay_out(table: Beginning, options: TableOptions) -> Layout:
    """The columns of ``table`` as ``options`` and its first rows have them.

    Raises
    ------
    DataError : an option names no column, or more than one.
    """
    notes: Notes = ()
    below = [cells for _, cells in table.sample]
    unnamed = [index for index, name in enumerate(table.names) if table.has_words and is_unnamed(name)]
    empty = tuple(index for index in range(table.width) if table.is_empty(index))
    if empty:
        notes += (Note(f"left out, without a name and without values: column {_numbers(empty)}"),)
    left = set(empty)
    if 0 in unnamed and below and 0 not in left and not any(is_value(cells[0]) for cells in below):
        left.add(0)
        notes += (Note("column 1 has no name and holds words: row names, left out"),)
    dropped = [column_of(text, table, "drop", options.header) for text in options.drop]
    if dropped:
        notes += (Note(f"left out as asked: {listed(options.drop)}"),)
    kept = [index for index in range(table.width) if index not in left | set(dropped)]
    named = [index for index in kept if index not in unnamed] or kept
    label = label_column(options, named, table)
    if label in dropped:
        raise DataError(f"{table.name}: label and drop name the same column")
    texts = [text for text in (*options.drop, options.label) if text]
    by_name = any(text in table.names and not is_value(text) for text in texts)
    return Layout(tuple(index for index in kept if index != label), label, empty, notes, by_name)


def label_column(options: TableOptions, named: Sequence[int], table: Beginning) -> int | None:
    """Position of the label among columns ``named``: the option's, else the last."""
    wanted = options.label
    if not named or wanted == NONE:
        return None
    if wanted in (FIRST, LAST) and wanted not in table.names:
        return named[0 if wanted == FIRST else -1]
    return column_of(wanted, table, "label", options.header) if wanted else named[-1]


def column_of(text: str, table: Beginning, option: str, header: bool | None) -> int:
    """Position of the column called ``text``, or of that number, counted from 1.

    A number is a name only where the user has said that there is a ``header``.
    """
    if text.isascii() and text.isdecimal() and not (header and text in table.names):
        if not 1 <= int(text) <= table.width:
            raise DataError(f"{table.name}: {option}={text} is no column; it must be 1 to {table.width}, or a name")
        return int(text) - 1
    count = table.names.count(text)
    if count > 1:
        raise DataError(f"{table.name}: {option}={text}: {count} columns have this name; say its number, from 1")
    if count:
        return table.names.index(text)
    raise DataError(
        f"{table.name}: {option}={text} is no column; line {table.first[0]} holds {listed(table.names)}, "
        f"and numbers are 1 to {table.width}"
    )


def unique_names(names: Sequence[str], positions: Sequence[int]) -> tuple[str, ...]:
    """A name for each column: the header's, ``column N`` where it has none, ``name (2)`` where it repeats."""
    result: list[str] = []
    seen: Counter[str] = Counter()
    for position in positions:
        name = f"column {position + 1}" if is_unnamed(names[position]) else names[position]
        seen[name] += 1
        numbered = name if seen[name] == 1 else f"{name} ({seen[name]})"
        while numbered in result:
            seen[name] += 1
            numbered = f"{name} ({seen[name]})"
        result.append(numbered)
    return tuple(result)


def repeated(names: Sequence[str], positions: Sequence[int]) -> Notes:
    """A doubtful note on names that several columns have."""
    counts = Counter(names[position] for position in positions if not is_unnamed(names[position]))
    if several := [name for name, count in counts.items() if count > 1]:
        return (
            Note(f"several columns are called {listed(several)}: they are told apart by their order", doubtful=True),
        )
    return ()


def _numbers(positions: Sequence[int]) -> str:
    return listed([str(position + 1) for position in positions])
