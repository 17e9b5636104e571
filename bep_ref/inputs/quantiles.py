"""Thresholds of the thermometer: quantiles of a column, moved to where they divide its values.

A threshold t is worth something only where it divides the column: some values are below t and some at least t, so
``min < t <= max``. Quantiles of a column whose values are mostly equal fail in two ways: several coincide, and some
equal the minimum, which every value reaches.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def quantile_thresholds(column: NDArray[Any], count: int) -> NDArray[np.float64]:
    """``count`` thresholds, in rising order, for ``column`` (n,) of finite numbers.

    They are the sorted values at ``floor(k / (count + 1) * (n - 1))``, k = 1..count, wherever these differ from each
    other and exceed the minimum. Places that remain go to quantiles of the column's other distinct values. A column of
    at most ``count`` distinct values is divided between all of them, and some thresholds repeat; a constant one
    cannot be divided.
    """
    values = np.sort(column.astype(np.float64))
    quantiles = values[_spread(len(values) - 1, count)]
    cuts = np.unique(values)[1:]
    if not len(cuts):
        return quantiles
    kept = np.unique(quantiles[quantiles > values[0]])
    others = np.setdiff1d(cuts, kept, assume_unique=True)
    if len(others):
        kept = np.union1d(kept, others[np.unique(_spread(len(others), count - len(kept)))])
    return kept[_spread(len(kept), count)]


def _spread(length: int, places: int) -> NDArray[np.int64]:
    """Indices (places,) spread evenly over ``length``: all of them where there are at most ``places``."""
    return np.arange(1, places + 1) * length // (places + 1)
