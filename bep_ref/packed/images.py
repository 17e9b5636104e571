"""Samples of rows and columns as 64-bit words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.packing import pack


@dataclass(frozen=True)
class PackedImages:
    """Samples as ``words`` (n, R, words of a row of ``width`` bits), so that they are packed once.

    An index or slice takes samples out, like those of an array.
    """

    words: NDArray[np.uint64]
    width: int

    @classmethod
    def of(cls, x: NDArray[Any], rows: int) -> "PackedImages":
        """Pack ``x`` (n, R * width) of ±1."""
        lines = x.reshape(len(x) * rows, -1)
        return cls(pack(lines).reshape(len(x), rows, -1), lines.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """That of the samples as an array of ±1."""
        return len(self.words), self.words.shape[1] * self.width

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, index: Any) -> "PackedImages":
        return PackedImages(np.ascontiguousarray(self.words[index]), self.width)
