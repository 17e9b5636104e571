"""Records of a table to features and labels, or to a message that names the row and the column."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import is_missing
from bep_ref.datasets.table.beginning import Beginning, Record
from bep_ref.datasets.table.cells import CellError, NumberReader, is_value
from bep_ref.datasets.table.columns import Layout
from bep_ref.datasets.table.options import TableOptions
from bep_ref.notes import Note, Notes


class Rows:
    """Records of a table to features and labels."""

    def __init__(self, table: Beginning, layout: Layout, options: TableOptions) -> None:
        self.table, self.layout, self.options = table, layout, options
        self.numbers = NumberReader(options.decimal)
        for _, cells in table.sample:
            if len(cells) == table.width:
                self.numbers.look_at(cells[index] for index in layout.features)

    def read(self, record: Record) -> tuple[NDArray[np.float64], str]:
        """Features in their order in the file, and the label, empty where there is none."""
        values, label = self.values(record)
        if self.layout.label is not None and not self.options.keep_missing and is_missing(label):
            where = f"{self.table.name}: row {record[0]}, column {self.layout.label + 1}"
            limit = "it must be a number or a word (?missing=keep after the file's name makes such words classes)"
            raise DataError(f"{where}: the label is {label!r}; {limit}")
        return values, label

    def values(self, record: Record) -> tuple[NDArray[np.float64], str]:
        """The same where labels may be missing."""
        line, cells = record
        where = f"{self.table.name}: row {line}"
        if len(cells) != self.table.width:
            raise DataError(f"{where}: {len(cells)} columns; it must be {self.table.width} as in the rows above")
        for index in self.layout.empty:
            if cells[index]:
                raise DataError(f"{where}, column {index + 1}: {cells[index]!r} in a column without a name and values")
        try:
            values = self.numbers.row([cells[index] for index in self.layout.features])
        except CellError as bad:
            column = self.layout.features[bad.index]
            raise DataError(f"{where}, column {column + 1}: {bad}{self._hint(column)}") from None
        return values, "" if self.layout.label is None else cells[self.layout.label]

    def _hint(self, column: int) -> str:
        """The options that help where a feature's column holds words throughout."""
        cells = [cells[column] for _, cells in self.table.sample if len(cells) == self.table.width]
        if any(map(is_value, cells)):
            return ""
        return (
            f"; ?label={column + 1} after the file's name makes this column the label, ?drop={column + 1} leaves it out"
        )

    def notes(self, x: NDArray[np.float64], positions: Sequence[int]) -> Notes:
        """On columns of True and False among those at ``positions``, whose values are ``x`` (n, len(positions))."""
        words = [index for index, position in enumerate(positions) if self._boolean(position)]
        for index in words:
            if not np.isin(x[:, index], (0, 1)).all():
                raise DataError(
                    f"{self.table.name}: column {positions[index] + 1} holds True or False and other numbers"
                )
        return (Note(f"{len(words)} columns hold True and False, read as 1 and 0"),) if words else ()

    def _boolean(self, position: int) -> bool:
        return any(self.layout.features[index] == position for index in self.numbers.booleans)
