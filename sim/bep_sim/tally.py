"""Counts of what was compared and what differed, and the first difference in words."""

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Tally:
    """``compared`` by kind, ``mismatches`` over all kinds, and the ``first`` difference, one line."""

    def __init__(self) -> None:
        self.compared: Counter[str] = Counter()
        self.mismatches = 0
        self.first = ""

    def equal(self, what: str, want: NDArray[Any], got: NDArray[Any]) -> None:
        """Compare arrays of one shape; ``what`` ends with the name of an element."""
        self.compared[what.rsplit(", ", 1)[-1]] += want.size
        wrong = np.argwhere(want != got)
        if len(wrong):
            index = tuple(int(i) for i in wrong[0])
            self._differ(len(wrong), f"{what} {list(index)} is {got[index]}, not {want[index]}")

    def visible(self, where: str, want: dict[tuple[int, int], int], got: NDArray[Any], weights: int) -> None:
        """Compare visible words with the columns ``got`` (words, columns) that the hardware holds."""
        self.compared["visible weight"] += weights
        for key, value in want.items():
            differing = (value ^ int(got[key])).bit_count()
            if differing:
                self._differ(
                    differing, f"{where}, visible word {key[0]}, column {key[1]} is {got[key]:x}, not {value:x}"
                )

    def _differ(self, count: int, line: str) -> None:
        self.mismatches += count
        self.first = self.first or line
