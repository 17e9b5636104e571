"""Labels of an array: whole numbers or strings, in a row or in a column, or one-hot."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError


def labels_of(y: NDArray[Any], samples: int, where: str, x_name: str) -> NDArray[Any]:
    """Labels (n,) of whole numbers or strings from the array ``y`` of ``samples`` labels.

    Raises
    ------
    DataError : another shape or type, a label that is not there (NaN or empty), or bytes that are no text.
    """
    if y.ndim == 2 and len(y) == samples and y.shape[1] > 1 and y.dtype.kind in "biuf":
        return _one_hot(y, where, x_name)
    if y.ndim > 1 and y.size == samples == len(y):
        y = y.reshape(samples)
    if y.shape != (samples,):
        raise DataError(f"{where} has shape {y.shape}; it must be ({samples},), one label for each row of {x_name}")
    if y.dtype.kind == "f":
        y = _whole(y, where)
    if y.dtype.kind == "S":
        y = _decoded(y, where)
    if y.dtype.kind not in "biuU":
        raise DataError(f"{where} is {y.dtype}; labels must be whole numbers or strings")
    if y.dtype.kind == "U" and (empty := np.flatnonzero(np.char.strip(y) == "")).size:
        raise DataError(f"{where}: the label of row {empty[0] + 1} is empty")
    return y


def _one_hot(y: NDArray[Any], where: str, x_name: str) -> NDArray[np.int64]:
    """The column of the 1 in each row of ``y`` (n, classes) of zeros and ones."""
    wrong = np.flatnonzero(~np.isin(y, (0, 1)).all(axis=1) | (np.count_nonzero(y, axis=1) != 1))
    if wrong.size:
        raise DataError(
            f"{where} has shape {y.shape}; it must be ({len(y)},), one label for each row of {x_name}, or one-hot, "
            f"and row {wrong[0] + 1} is not one 1 among zeros"
        )
    return y.argmax(axis=1).astype(np.int64)


def _whole(y: NDArray[Any], where: str) -> NDArray[np.int64]:
    missing = np.flatnonzero(np.isnan(y))
    if missing.size:
        raise DataError(f"{where}: the label of row {missing[0] + 1} is nan; every row needs a label")
    if not np.array_equal(y, np.rint(y)) or np.abs(y).max(initial=0) >= 2**53:
        raise DataError(f"{where} is {y.dtype}; labels must be whole numbers or strings")
    return y.astype(np.int64)


def _decoded(y: NDArray[Any], where: str) -> NDArray[np.str_]:
    try:
        return np.char.decode(y, "utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{where} holds bytes that are not UTF-8; labels must be whole numbers or strings") from None
