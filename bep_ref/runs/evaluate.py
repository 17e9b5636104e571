"""Classes, scores, accuracy and confusion of a network on samples."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.networks.learner import Learner

CHUNK = 4096
"""Samples, or steps of samples, propagated at a time: bounds the memory of a large test set."""


def predict(net: Learner, x: NDArray[Any]) -> NDArray[np.int64]:
    """Classes (n,) of ``x``, (n, inputs) or (n, steps, inputs) of ±1, in chunks."""
    return np.concatenate([net.predict(part) for part in _chunks(x)])


def scores(net: Learner, x: NDArray[Any]) -> NDArray[np.int64]:
    """Scores (n, C) of ``x``, in chunks."""
    return np.concatenate([net.scores(part) for part in _chunks(x)]).astype(np.int64, copy=False)


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
