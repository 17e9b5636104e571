"""`npz:FILE`: NumPy arrays ``x`` (n, ...) and ``y`` (n,), optionally ``x_test`` and ``y_test``."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError, Dataset, check_finite, name_classes, suitable_binariser, with_test_part
from bep_ref.files.archive import read_arrays

NAME = "npz"
USAGE = "npz:FILE"
SUMMARY = "NumPy archive with x, y and, if you have them, x_test, y_test; else a fifth is the test part"


def load(argument: str) -> Dataset:
    """Samples are flattened to (n, features). Labels may be whole numbers or strings."""
    if not argument:
        raise DataError(f"data: npz needs a file: {USAGE}")
    path = Path(argument)
    if not path.is_file():
        raise DataError(f"data: npz: {path} is not a file")
    arrays = read_arrays(path)
    x, labels = _part(arrays, "x", "y", path)
    class_names, y = name_classes(labels, f"{path}: y")
    spec = f"{NAME}:{argument}"
    if "x_test" not in arrays and "y_test" not in arrays:
        return with_test_part(spec, x, y, class_names, suitable_binariser(x))
    x_test, test_labels = _part(arrays, "x_test", "y_test", path)
    if x_test.shape[1] != x.shape[1]:
        raise DataError(f"{path}: x_test has {x_test.shape[1]} features; it must have x's {x.shape[1]}")
    index = {name: number for number, name in enumerate(class_names)}
    for row, label in enumerate(test_labels):
        if str(label) not in index:
            raise DataError(f"{path}: y_test: label {str(label)!r} of row {row + 1} does not occur in y")
    y_test = np.array([index[str(label)] for label in test_labels], dtype=np.int64)
    return Dataset(spec, x, y, x_test, y_test, class_names, suitable_binariser(x))


def _part(arrays: dict[str, NDArray[Any]], x_name: str, y_name: str, path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    for name in (x_name, y_name):
        if name not in arrays:
            raise DataError(
                f"{path}: array {name!r} is missing; it holds {', '.join(sorted(arrays)) or 'none of the names'}"
            )
    x, y = arrays[x_name], arrays[y_name]
    if x.ndim < 2 or not x.size or x.dtype.kind not in "biuf":
        raise DataError(f"{path}: {x_name} is {x.dtype} of shape {x.shape}; it must be real numbers (n, features)")
    if y.shape != x.shape[:1]:
        raise DataError(
            f"{path}: {y_name} has shape {y.shape}; it must be ({len(x)},), one label for each row of {x_name}"
        )
    x = x.reshape(len(x), -1)
    check_finite(x, f"{path}: {x_name}")
    if y.dtype.kind == "f" and np.array_equal(y, np.rint(y)):
        y = y.astype(np.int64)
    if y.dtype.kind not in "biuU":
        raise DataError(f"{path}: {y_name} is {y.dtype}; labels must be whole numbers or strings")
    return x, y
