"""Cells of a table to numbers: decimal points or commas, and the words of booleans."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.labels import is_missing
from bep_ref.datasets.numbers import number

_PLAIN = re.compile(r"[0-9+\-.eE]*")
"""Text of which numpy reads nothing but what `number` reads."""
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+")
_BOOLEANS = {"true": 1.0, "false": 0.0}


class CellError(Exception):
    """``index`` of a cell in its row, and what is wrong with it."""

    def __init__(self, index: int, problem: str) -> None:
        super().__init__(problem)
        self.index = index


def with_comma(cell: str) -> float | None:
    """The value of ``cell`` if it is a number with a decimal comma."""
    return number(cell.replace(",", ".")) if cell.count(",") == 1 and "." not in cell else None


def is_value(cell: str) -> bool:
    """Whether ``cell`` is what data hold and names are not: a number, a boolean, or a missing value."""
    return number(cell) is not None or with_comma(cell) is not None or cell.lower() in _BOOLEANS or is_missing(cell)


@dataclass
class NumberReader:
    """Reads rows of cells. ``decimal`` is ``.`` or ``,``, or empty until a cell has shown which.

    ``booleans`` are the indices of cells that held True or False, read as 1 and 0.
    """

    decimal: str = ""
    booleans: set[int] = field(default_factory=set)

    def look_at(self, cells: Iterable[str]) -> None:
        """Find ``decimal`` in ``cells``: one point decides, otherwise one comma that cannot separate thousands."""
        if self.decimal:
            return
        commas = False
        for cell in cells:
            if "." in cell and number(cell) is not None:
                self.decimal = "."
                return
            commas |= with_comma(cell) is not None and not _THOUSANDS.fullmatch(cell)
        if commas:
            self.decimal = ","

    def row(self, cells: Sequence[str]) -> NDArray[np.float64]:
        """Finite numbers (len(cells),).

        Raises
        ------
        CellError : the first cell that is none.
        """
        text = "".join(cells)
        if _PLAIN.fullmatch(text) and not (self.decimal == "," and "." in text):
            try:
                values = np.array(cells, dtype=np.float64)
            except ValueError:
                pass
            else:
                if np.isfinite(values).all():
                    self.decimal = self.decimal or ("." if "." in text else "")
                    return values
        return np.array([self._value(index, cell) for index, cell in enumerate(cells)])

    def _value(self, index: int, cell: str) -> float:
        value = number(cell)
        if "," in cell and self.decimal != ".":
            if not self.decimal and _THOUSANDS.fullmatch(cell):
                problem = f"{cell!r} has a decimal comma or separates thousands"
                raise CellError(
                    index, f"{problem}; add ?decimal=comma to the file's name, or write thousands without commas"
                )
            value = with_comma(cell)
            self.decimal = self.decimal or ("," if value is not None else "")
        elif "." in cell and value is not None:
            if self.decimal == ",":
                raise CellError(index, f"{cell!r} has a point; this table has decimal commas")
            self.decimal = "."
        if value is None and cell.lower() in _BOOLEANS:
            self.booleans.add(index)
            return _BOOLEANS[cell.lower()]
        if value is None:
            raise CellError(index, f"{cell!r} is not a number")
        if not np.isfinite(value):
            raise CellError(index, f"{cell} is not a finite number")
        return value
