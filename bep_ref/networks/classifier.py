"""The fixed classifier: one prototype of ±1 a class, spread evenly (a Binary Equiangular Frame)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.runs.seeding import permutation, signs, stream

SWEEPS = 10
"""Most passes over all bits; in practice the frame is at rest after two or three."""


def frame_cost(frame: NDArray[Any], alpha: float = 1.0) -> float:
    """Sum plus ``alpha`` times the variance of the dot products of all pairs of rows ([BEP], App. C)."""
    products = (frame.astype(np.int64) @ frame.T.astype(np.int64))[np.triu_indices(len(frame), 1)]
    return float(_cost(products.sum(), (products**2).sum(), len(products), alpha))


def _cost(total: Any, squares: Any, pairs: int, alpha: float) -> Any:
    """Cost from the sum and the sum of squares of the dot products of ``pairs`` pairs."""
    return total + alpha * (pairs * squares - total * total) / pairs**2


def equiangular_frame(classes: int, width: int, seed: int, alpha: float = 1.0) -> NDArray[np.int8]:
    """Prototypes (classes, width) of ±1 whose pairwise dot products are low and alike.

    Starts from random bits and tries the flip of every single bit in random order; a flip that lowers
    `frame_cost` stays. Ends when a whole pass keeps nothing. The cost is followed incrementally: a flip
    changes only its own row's products, each by 2.
    """
    bits = stream(seed, "classifier")
    frame = signs(bits, (classes, width)).astype(np.int64)
    products = frame @ frame.T
    np.fill_diagonal(products, 0)
    pairs = classes * (classes - 1) // 2
    total, squares = int(products.sum()) // 2, int((products**2).sum()) // 2
    cost = _cost(total, squares, pairs, alpha)
    for _ in range(SWEEPS):
        before = cost
        for position in permutation(bits, classes * width):
            row, column = divmod(int(position), width)
            step = -2 * frame[row, column] * frame[:, column]
            step[row] = 0
            new_total = total + int(step.sum())
            new_squares = squares + int(step @ (2 * products[row] + step))
            new_cost = _cost(new_total, new_squares, pairs, alpha)
            if new_cost < cost:
                total, squares, cost = new_total, new_squares, new_cost
                frame[row, column] *= -1
                products[row] += step
                products[:, row] += step
        if cost == before:
            break
    return frame.astype(np.int8)
