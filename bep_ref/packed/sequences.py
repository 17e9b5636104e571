"""Sequences as 64-bit words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.packing import pack


@dataclass(frozen=True)
class PackedSequences:
    """Sequences as ``words`` (n, T, words of ``width``) and ``lengths`` (n,), so that they are packed once.

    What words hold after the end of a sequence has no meaning. An index or slice takes sequences out, like those of an
    array.
    """

    words: NDArray[np.uint64]
    lengths: NDArray[np.int64]
    width: int

    @classmethod
    def of(cls, x: NDArray[Any], lengths: NDArray[np.int64]) -> "PackedSequences":
        """Pack ``x`` (n, T, K_x) of ±1."""
        return cls(pack(x.reshape(-1, x.shape[2])).reshape(*x.shape[:2], -1), lengths, x.shape[2])

    @property
    def shape(self) -> tuple[int, int, int]:
        """That of the sequences as an array of ±1."""
        return *self.words.shape[:2], self.width

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, index: Any) -> "PackedSequences":
        return PackedSequences(self.words[index], self.lengths[index], self.width)
