"""The order in which a chip goes through samples that it holds: shuffled anew every epoch, without a memory.

Indices ``0, 1, 2, ...`` of a whole power of two are enciphered by a small Feistel network, and those that come out
below the number of samples are the order. A cipher is a permutation whatever its key, so every sample comes once; an
epoch is a key. A shuffle by exchanging entries would need a memory of indices with a port to spare, and an
interrupted epoch could not begin again without all those before it. A counter of full period, the other order without
a memory, has too few orders: neighbours stay neighbours.

The round function is that of the cipher Simon (Beaulieu et al., 2013), ``(x <<< 1 & x <<< 3) ^ x <<< 2``: two lookup
tables a bit. Keys of rounds are the epoch's 32-bit key turned by one more bit each, so that after 32 rounds the
register holds it again. The next epoch's key is what the same register makes in 32 steps as a Galois shift register:
then bit 0 is also added to three more bits. With fewer than nine bits some places become likelier than others.

`bep_hw.sources.shuffle` is the hardware.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.runs.seeding import stream, words

KEY_BITS = 32
ROUNDS = KEY_BITS
"""Of an enciphered index; and steps from an epoch's key to the next one's."""
TAPS = (0, 1, 21)
"""Bits of the key, beside its highest, that the lowest one is added to on the way to the next epoch."""


def enciphered(index: Any, key: int, bits: int) -> Any:
    """``index``, integers of ``bits`` bits (a number or an array), after all rounds: others of as many bits.

    A round takes the lower half, ``bits // 2`` bits, to the top, and what was above it to the bottom, each of its bits
    inverted by the round function.
    """
    half = bits // 2
    low, high = (1 << half) - 1, (1 << (bits - half)) - 1

    def turned(x: Any, by: int) -> Any:
        """Bit i of the result is bit i + ``by`` of x, for as many bits as the upper half has."""
        by %= half
        once = (x >> by | x << (half - by)) & low
        return (once | once << half) & high

    for number in range(ROUNDS):
        x, y = index & low, index >> half
        inverted = (turned(x, 1) & turned(x, 3)) ^ turned(x, 2) ^ (_rotated(key, number) & high)
        index = y ^ inverted | x << (bits - half)
    return index


def _rotated(key: int, by: int) -> int:
    return (key >> by | key << (KEY_BITS - by)) & ((1 << KEY_BITS) - 1)


def next_key(key: int) -> int:
    """The key of the epoch behind that of ``key``."""
    taps = sum(1 << bit for bit in (*TAPS, KEY_BITS - 1))
    for _ in range(ROUNDS):
        key = key >> 1 ^ (taps if key & 1 else 0)
    return key


def epoch_key(seed: int, epoch: int) -> int:
    """The key of ``epoch`` (from 1) in a run of ``seed``; never 0, which would be followed by itself."""
    key = int(words(stream(seed, "shuffle"), 1)[0]) or 1
    for _ in range(epoch - 1):
        key = next_key(key)
    return key


def check_shuffle(bits: int, count: int) -> None:
    """Raise `ConfigError` if ``bits`` (0: another shuffle) are too few for ``count`` samples."""
    if bits and count > 1 << bits:
        least = (count - 1).bit_length()
        raise ConfigError(f"shuffle_bits: {bits} is out of range; it must be at least {least} for {count} samples")


def order(key: int, bits: int, count: int) -> NDArray[np.int64]:
    """The samples, ``range(count)``, in the order of ``key``; ``count`` is at most ``2**bits``."""
    indices: NDArray[np.int64] = enciphered(np.arange(1 << bits), key, bits)
    return indices[indices < count]
