"""Classes, scores, accuracy and confusion of a network on samples."""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError, WindowNetwork
from bep_ref.networks.learner import Learner, WindowLearner

COPIES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
"""Shifts of the copies of a sample whose scores are summed, in this order."""
CHUNK = 4096
"""Samples, or steps of samples, propagated at a time: bounds the memory of a large test set."""


def predict(net: Learner, x: NDArray[Any]) -> NDArray[np.int64]:
    """Classes (n,) of ``x``, (n, inputs) or (n, steps, inputs) of ±1, in chunks."""
    return np.concatenate([net.predict(part) for part in _chunks(x)])


def scores(net: Learner, x: NDArray[Any], copies: int = 1) -> NDArray[np.int64]:
    """Scores (n, C) of ``x``, in chunks; those of a window network perhaps summed over shifted ``copies``.

    Raises
    ------
    ConfigError : another number of copies than `COPIES` has, or copies for a network that shifts no samples.
    """
    if not 1 <= copies <= len(COPIES):
        raise ConfigError(f"copies: {copies} is out of range; it must be 1 to {len(COPIES)}")
    if copies == 1:
        return np.concatenate([net.scores(part) for part in _chunks(x)]).astype(np.int64, copy=False)
    if not isinstance(net.network, WindowNetwork):
        raise ConfigError(f"copies: {copies} is out of range; it must be 1 for a {net.network.kind}")
    shifted = [[_shifted_scores(net, part, shift) for shift in COPIES[:copies]] for part in _chunks(x)]
    return np.concatenate([np.sum(parts, axis=0) for parts in shifted]).astype(np.int64, copy=False)


def _shifted_scores(net: Learner, x: NDArray[Any], shift: tuple[int, int]) -> NDArray[Any]:
    return cast(WindowLearner, net).scores(x, np.tile(shift, (len(x), 1)))


def _chunks(x: NDArray[Any]) -> Iterator[NDArray[Any]]:
    chunk = max(1, CHUNK // x.shape[1]) if x.ndim == 3 else CHUNK
    for start in range(0, len(x), chunk):
        yield x[start : start + chunk]


def accuracy(net: Learner, x: NDArray[Any], y: NDArray[np.int64]) -> float:
    """Fraction of samples classified rightly."""
    return float((predict(net, x) == y).mean())


def confusion(predictions: NDArray[np.int64], y: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Counts (classes, classes): row = true class, column = predicted class."""
    return np.bincount(y * classes + predictions, minlength=classes**2).reshape(classes, classes)
