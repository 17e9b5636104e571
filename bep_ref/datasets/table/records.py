"""Lines of text to records of cells: quotes, comment lines, empty rows, and where each record stands."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bep_ref.datasets.dataset import DataError

COMMENT = "#"


@dataclass
class Records:
    """Iterates over ``(line, cells)``: the number, from 1, of the line where a record ends, and its stripped cells.

    ``lines`` are lines with their ends, ``skipped`` of which came before. Lines that begin with `COMMENT` are passed
    over and kept in ``comments`` with their numbers. Blank lines are passed over; rows of empty cells are counted in
    ``empty``.
    ``name`` is the file in messages. Raises `DataError` where quotes do not match.
    """

    lines: Iterable[str]
    separator: str
    name: str
    skipped: int = 0
    comments: list[tuple[int, str]] = field(default_factory=list)
    empty: int = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._uncommented(), delimiter=self.separator, skipinitialspace=True, strict=True)
        self._inside = False
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise DataError(f"{self.name}: row {self._line}: not a CSV file ({error})") from None
            if cells is None:
                return
            self._inside = False
            if any(cells := [cell.strip() for cell in cells]):
                yield self._line, cells
            elif len(cells) > 1:
                self.empty += 1

    def _uncommented(self) -> Iterator[str]:
        """The lines that hold records; a line inside a quoted cell is never a comment."""
        self._line = self.skipped
        for line in self.lines:
            self._line += 1
            if not self._inside and line.startswith(COMMENT):
                self.comments.append((self._line, line[len(COMMENT) :].strip()))
                continue
            self._inside = True
            yield line
