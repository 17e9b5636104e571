"""Random choices that are the same bits on every machine and with every NumPy version.

NumPy promises that the raw words of a bit generator never change, but not what ``Generator.normal`` or
``Generator.permutation`` make of them. So everything here is made of raw words, by integer comparisons.
"""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, purpose: str, index: int = 0) -> np.random.PCG64:
    """Independent generator of one ``purpose`` (and, say, one epoch) of a run seeded with ``seed``."""
    name = int.from_bytes(purpose.encode(), "big")
    return np.random.PCG64(np.random.SeedSequence([seed, index, name]))


def words(bits: np.random.PCG64, count: int) -> NDArray[np.uint32]:
    """``count`` uniform 32-bit words."""
    return bits.random_raw((count + 1) // 2).astype("<u8").view("<u4")[:count]


def permutation(bits: np.random.PCG64, count: int) -> NDArray[np.int64]:
    """Random order of ``range(count)``."""
    return np.argsort(bits.random_raw(count), kind="stable")


def signs(bits: np.random.PCG64, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Uniform ±1."""
    return np.where(words(bits, int(np.prod(shape))) >> 31, 1, -1).astype(np.int8).reshape(shape)


def flips(bits: np.random.PCG64, probability: float, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """-1 with ``probability`` (to within 2**-32), else +1."""
    below = words(bits, int(np.prod(shape))) < np.uint64(round(probability * 2**32))
    return np.where(below, -1, 1).astype(np.int8).reshape(shape)


def floor_normal(bits: np.random.PCG64, sigma: float, limits: tuple[int, int], shape: tuple[int, ...]) -> NDArray[Any]:
    """``floor(N(0, sigma))`` clipped to ``limits`` (inclusive), by inverting its cumulative distribution."""
    low, high = limits
    normal = NormalDist(0, sigma)
    edges = [round(normal.cdf(value) * 2**32) for value in range(low + 1, high + 1)]
    drawn = words(bits, int(np.prod(shape))).astype(np.uint64)
    return (low + np.searchsorted(np.array(edges, np.uint64), drawn, side="right")).reshape(shape)


def below(bits: np.random.PCG64, limit: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Integers of 0 to ``limit`` - 1, each equally likely to within 2**-32."""
    drawn = words(bits, int(np.prod(shape))).astype(np.uint64)
    return (drawn * np.uint64(limit) >> np.uint64(32)).astype(np.int64).reshape(shape)
