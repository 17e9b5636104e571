"""Accuracy and confusion of a network on samples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.mlp import BinaryMlp

CHUNK = 4096
"""Samples propagated at a time: bounds the memory of a large test set."""


def predict(mlp: BinaryMlp, x: NDArray[Any]) -> NDArray[np.int64]:
    """Classes (n,) of ``x`` (n, inputs) of ±1, in chunks."""
    return np.concatenate([mlp.predict(x[start : start + CHUNK]) for start in range(0, len(x), CHUNK)])


def accuracy(mlp: BinaryMlp, x: NDArray[Any], y: NDArray[np.int64]) -> float:
    """Fraction of samples classified rightly."""
    return float((predict(mlp, x) == y).mean())


def confusion(predictions: NDArray[np.int64], y: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Counts (classes, classes): row = true class, column = predicted class."""
    return np.bincount(y * classes + predictions, minlength=classes**2).reshape(classes, classes)
