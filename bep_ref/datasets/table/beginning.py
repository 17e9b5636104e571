"""The beginning of a table: its separator, the line that may be a header, and a look at the rows below."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.table.cells import is_value
from bep_ref.datasets.table.options import TableOptions
from bep_ref.datasets.table.records import Records
from bep_ref.datasets.table.separator import declared, find_separator

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Beginning:
    """``first`` is a header or a sample, ``body`` the records after it, ``sample`` some of them, ``width`` their cells.

    ``names`` (width,) are the cells of ``first``, or of a comment line directly above it (``commented``), where that
    has as many words.
    """

    name: str
    separator: str
    records: Records
    first: Record
    names: list[str]
    commented: bool
    sample: list[Record]
    body: Iterator[Record]

    @property
    def has_words(self) -> bool:
        """Whether ``names`` hold a word, so that empty ones are names left out."""
        return any(name and not is_value(name) for name in self.names)

    def is_empty(self, column: int) -> bool:
        """Whether ``column`` has no name and hardly a value in ``sample``."""
        if self.names[column] or not self.sample:
            return False
        filled = sum(bool(cells[column]) for _, cells in self.sample if len(cells) == self.width)
        return 2 * filled < len(self.sample)

    @property
    def width(self) -> int:
        """Columns of the table."""
        return len(self.names)


def begin(lines: Iterator[str], name: str, options: TableOptions, look: int, single: bool = False) -> Beginning:
    """Read ``look`` lines of the file called ``name`` and decide how to split them.

    Raises
    ------
    DataError : no lines, or none that can be split.
    """
    head = list(islice(lines, look))
    separator, skipped = declared(head[0]) if head else "", 0
    if separator:
        head, skipped = head[1:], 1
        head += list(islice(lines, look - len(head)))
    separator = options.separator or separator or find_separator(head, name, single)
    records = Records(chain(head, lines), separator, name, skipped)
    body = iter(records)
    first = next(body, None)
    if first is None:
        lost = "; lines that begin with # are comments" if records.comments else ""
        raise DataError(f"{name}: it holds no samples{lost}")
    names = _commented(records, first) if options.header is not False else []
    sample = list(islice(body, max(1, look - 1)))
    commented = bool(names)
    if not commented:
        names = _aligned(first, sample, name)
    return Beginning(name, separator, records, first, names, commented, sample, chain(sample, body))


def _commented(records: Records, first: Record) -> list[str]:
    """The names in a comment line above ``first``, as numpy writes them; empty if it holds none."""
    line, cells = first
    for above, text in records.comments[-1:]:
        found = [cells for _, cells in Records([text], records.separator, records.name)]
        if above == line - 1 and found and len(found[0]) == len(cells) and not any(map(is_value, found[0][:-1])):
            return found[0]
    return []


def _aligned(first: Record, sample: list[Record], name: str) -> list[str]:
    """The cells of ``first``, one for each column of the rows below it.

    A header may lack the name of the row names in front, as R writes it, or of an empty column at the end.
    """
    _, cells = first
    line, below = sample[0] if sample else first
    words = not any(map(is_value, cells[:-1]))
    if len(below) == len(cells):
        return cells
    if words and len(below) == len(cells) + 1:
        return [*cells, ""] if not any(row[-1] for _, row in sample) else ["", *cells]
    if words and len(below) == len(cells) - 1 and not cells[-1]:
        return cells[:-1]
    raise DataError(f"{name}: row {line}: {len(below)} columns; it must be {len(cells)} as in the rows above")
