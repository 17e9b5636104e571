"""Rows of ±1 as 64-bit words, and samples kept in both forms."""

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


@kernel
def pack_signs(negative, out):  # type: ignore[no-untyped-def]
    """One row: ``negative`` uint8, 128 where the bit is 0 and 0 where it is 1, a multiple of 64 long; ``out`` words."""
    octets = negative.view(np.uint64)
    for word in range(len(out)):
        bits = np.uint64(0)
        for octet in range(8):
            # the product gathers the eight top bits in its own top byte
            positive = octets[8 * word + octet] ^ np.uint64(0x8080808080808080)
            bits |= ((positive * np.uint64(0x0002040810204081)) >> np.uint64(56)) << np.uint64(8 * octet)
        out[word] = bits


@dataclass(frozen=True)
class PackedSamples:
    """Samples in both forms, so that they are packed once and not in every epoch.

    ``x`` (n, K_0) of ±1 (int8), what winners' counters are moved by; ``words`` (n, words), what is propagated.
    An index or slice takes samples out, like those of an array.
    """

    x: NDArray[np.int8]
    words: NDArray[np.uint64]

    @classmethod
    def of(cls, x: NDArray[np.int8]) -> "PackedSamples":
        """Pack ``x`` (n, K_0) of ±1; it is kept, not copied."""
        return cls(x, pack(x))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.x.shape

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Any) -> "PackedSamples":
        return PackedSamples(self.x[index], self.words[index])
