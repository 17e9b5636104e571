"""Rows of ±1 as 64-bit words, and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.compiler import kernel

WORD = 64
"""Bits of a word."""


def words(width: int) -> int:
    """Words of a row of ``width`` bits."""
    return -(-width // WORD)


def pack(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """``rows`` (n, width) of ±1, or of any integers by ``>= 0``, as (n, words)."""
    packed = np.zeros((len(rows), 8 * words(rows.shape[1])), np.uint8)
    octets = np.packbits(rows >= 0, axis=1, bitorder="little")
    packed[:, : octets.shape[1]] = octets
    return packed.view("<u8")


def columns(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """``rows`` (n, width) of ±1 or counters as a plane (words, n), in which they lie side by side."""
    return np.ascontiguousarray(pack(rows).T)


@kernel
def pack_bits(ones, out):  # type: ignore[no-untyped-def]
    """One row: ``ones`` (width,) bool into words ``out``."""
    width = len(ones)
    for word in range(len(out)):
        first = WORD * word
        bits = np.uint64(0)
        for bit in range(min(WORD, width - first)):
            bits |= np.uint64(ones[first + bit]) << np.uint64(bit)
        out[word] = bits


_OCTETS = np.where(np.arange(256)[:, None] >> np.arange(8) & 1, 1, -1).astype(np.int8).view(np.uint64)[:, 0]
"""The eight ±1 (int8) of every byte."""


@kernel
def unpack(row, out):  # type: ignore[no-untyped-def]
    """One ``row`` of words as ±1: ``out`` int8, 64 a word."""
    octets = out.view(np.uint64)
    for word in range(len(row)):
        for octet in range(8):
            octets[8 * word + octet] = _OCTETS[(row[word] >> np.uint64(8 * octet)) & np.uint64(255)]


@dataclass(frozen=True)
class PackedSamples:
    """Samples as ``words`` (n, words of ``width``), so that they are packed once and not in every epoch.

    An index or slice takes samples out, like those of an array.
    """

    words: NDArray[np.uint64]
    width: int

    @classmethod
    def of(cls, x: NDArray[Any]) -> "PackedSamples":
        """Pack ``x`` (n, K_0) of ±1."""
        return cls(pack(x), x.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """That of the samples as an array of ±1."""
        return len(self.words), self.width

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, index: Any) -> "PackedSamples":
        return PackedSamples(np.ascontiguousarray(self.words[index]), self.width)
