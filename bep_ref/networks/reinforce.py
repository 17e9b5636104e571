"""Which counters are reinforced after a batch: a Bernoulli process walked from hit to hit.

Every counter of a layer is reinforced with the same small probability p. Instead of one coin a counter, the
gap to the next hit is drawn. A geometric gap has independent binary digits: digit i is one with
probability ``q^(2^i) / (1 + q^(2^i))``, q = 1 - p. A draw is eight digits and one carry (``q^256``: skip 256
counters and, the process having no memory, draw again): nine comparisons of a random number with a threshold.

They are made together, highest bits first. Bit plane k holds bit 15 - k of all nine thresholds; a random
word's bits are compared with it, and a comparison is decided where the two first differ. After four or five words
all are: a layer of 75,000 counters with p = 0.006 takes about 2,200 words a batch, not 75,000.

The hardware draws the same words in the same order from the same generator.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError

DIGITS = 8
"""Binary digits of one gap; the carry skips ``2**DIGITS`` counters."""
PLANES = 16
"""Bits of a threshold."""
OFF = 0x8000
"""First bit plane of a layer that is not reinforced."""
_ALL = (1 << (1 + DIGITS)) - 1


class Xorshift32:
    """Marsaglia's 32-bit xorshift (13, 17, 5), period 2**32 - 1. A word is the upper 16 bits after a step."""

    def __init__(self, seed: int) -> None:
        if not 0 < seed < 2**32:
            raise ConfigError(f"seed of the random generator: {seed} is out of range; it must be 1 to 4294967295")
        self.state = seed

    def word(self) -> int:
        """Next 16-bit word."""
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self.state = x
        return x >> 16


def probability(strength: float, error_rate: float, fan_in: int) -> float:
    """``p_r * sqrt(E) * sqrt(2 / (pi * K))``, Sec. 3.3 of [BEP]; E = training error rate of the epoch before."""
    return strength * math.sqrt(error_rate) * math.sqrt(2 / (math.pi * fan_in))


@lru_cache(maxsize=64)  # the same in all batches of an epoch
def threshold_planes(p: float) -> tuple[int, ...]:
    """The ``PLANES`` bit planes of probability ``p``: in each, the carry in bit 0, digit i in bit 1 + i.

    ``p`` below about 3e-8 rounds to no reinforcement at all (`OFF`, then zeros).
    """
    if not 0 <= p <= 1:
        raise ConfigError(f"reinforcement probability: {p} is out of range; it must be 0 to 1")
    q = 1.0 - p
    top = (1 << PLANES) - 1
    carry = round(q ** (1 << DIGITS) * (1 << PLANES))
    if carry >= top:
        return (OFF,) + (0,) * (PLANES - 1)
    digits = (q ** (1 << i) for i in range(DIGITS))
    numbers = (carry, *(round(d / (1 + d) * (1 << PLANES)) for d in digits))
    return tuple(sum((n >> bit & 1) << i for i, n in enumerate(numbers)) for bit in reversed(range(PLANES)))


def draw(planes: tuple[int, ...], generator: Xorshift32) -> int:
    """One carry (bit 0) and gap (the bits above): each bit is one where its random number is below its threshold."""
    undecided, value = _ALL, 0
    for plane in planes:
        differ = (generator.word() ^ plane) & undecided
        value |= plane & differ
        undecided &= ~differ
        if not undecided:
            break
    return value


def hits(planes: tuple[int, ...], synapses: int, generator: Xorshift32) -> Iterator[int]:
    """Positions of the reinforced counters of one layer, in rising order, below ``synapses``.

    A position counts (block of inputs, row, input in the block): the order in which hardware commits.
    """
    if planes[0] & OFF:
        return
    position = 0
    while position < synapses:
        value = draw(planes, generator)
        if value & 1:
            position += 1 << DIGITS
            continue
        position += value >> 1
        if position < synapses:
            yield position
        position += 1


def reinforce(q: NDArray[Any], p: float, limits: tuple[int, int], block: int, generator: Xorshift32) -> int:
    """Push each counter of ``q`` (neurons, fan-in) one step away from zero with probability ``p``; returns how many.

    Counters are walked ``block`` inputs at a time, row by row, and stay within ``limits``.
    """
    rows, columns = walk(q.shape, p, block, generator)
    inside = columns < q.shape[1]
    rows, columns = rows[inside], columns[inside]
    q[rows, columns] = np.clip(q[rows, columns] + np.where(q[rows, columns] >= 0, 1, -1), *limits)
    return int(rows.size)


def walk(
    shape: tuple[int, ...], p: float, block: int, generator: Xorshift32
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns (n,) of the counters picked with probability ``p`` in a layer of ``shape`` (neurons, fan-in).

    Those at ``fan_in`` and behind are the last block's padding, which is walked too.
    """
    neurons, fan_in = shape
    blocks = -(-fan_in // block)
    picked = hits(threshold_planes(p), blocks * neurons * block, generator)
    number, rows, lanes = np.unravel_index(np.fromiter(picked, dtype=np.int64), (blocks, neurons, block))
    return rows, number * block + lanes
