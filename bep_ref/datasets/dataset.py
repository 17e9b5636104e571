"""What every data set is once loaded: features and classes, split in a training and a test part."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.inputs.binarise import fit_binariser
from bep_ref.inputs.losses import losses
from bep_ref.notes import Notes
from bep_ref.runs.splits import stratified_split

TEST_FRACTION = 0.2
"""Share held out as the test part where a format has none of its own."""
SPLIT_SEED = 0
"""The split into training and test part belongs to the data, not to a run: it is always the same."""
MIN_CLASSES, MAX_CLASSES = 2, 256
"""Classes that a network can tell apart."""


class DataError(ConfigError):
    """Data that cannot be read or used. ``str(error)`` is one line that names the file and the place."""


@dataclass(frozen=True)
class Dataset:
    """Features before binarisation, and classes.

    ``x_train`` (n, features) and ``x_test`` (m, features) are real numbers, or, for sequences, (n, length, features)
    with NaN after the end of those shorter than others; ``y_train`` (n,) and ``y_test`` (m,)
    classes from 0, named by ``class_names``. ``binarise`` is the binariser that suits the data and ``preset`` the
    training values found best on validation data, ``group_target`` the group size to come near to (the paper's 15); all
    are only defaults. Features that are pixels, row by row, say their ``image``'s rows and columns. ``columns``
    are the features' names in their order and ``label`` the label column's, both empty where the data has none.
    ``notes`` say what the reader understood and what it left out; commands show them.
    """

    spec: str
    x_train: NDArray[Any]
    y_train: NDArray[np.int64]
    x_test: NDArray[Any]
    y_test: NDArray[np.int64]
    class_names: tuple[str, ...]
    binarise: str
    preset: Mapping[str, Any] = field(default_factory=dict)
    group_target: int = 15
    image: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    label: str = ""
    notes: Notes = ()

    @property
    def features(self) -> int:
        """Features of a sample, or of one value of a sequence (its channels)."""
        return int(self.x_train.shape[-1])

    @property
    def sequential(self) -> bool:
        """Whether samples are sequences."""
        return self.x_train.ndim == 3

    def digest(self) -> str:
        """SHA-256 over every feature and class: shows whether a run resumes on the data it began with."""
        total = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            total.update(f"{little.dtype.str}{little.shape}".encode())
            total.update(little.tobytes())
        return total.hexdigest()


def name_classes(labels: NDArray[Any], where: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Class names, in order, and the class of each label; ``labels`` (n,) of whole numbers or strings.

    Raises
    ------
    DataError : unless there are 2 to 256 different labels.
    """
    unique, classes = np.unique(labels, return_inverse=True)
    if not MIN_CLASSES <= len(unique) <= MAX_CLASSES:
        limits = f"{MIN_CLASSES} to {MAX_CLASSES}"
        raise DataError(f"{where}: {len(unique)} different labels is out of range; it must be {limits}")
    return tuple(str(label) for label in unique), classes.astype(np.int64)


def held_out(y: NDArray[np.int64], spec: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows kept for training, and a fixed, stratified `TEST_FRACTION` held out as the test part; ``y`` (n,) classes."""
    return stratified_split(y, round(TEST_FRACTION * len(y)), SPLIT_SEED, f"test part of {spec}")


def check_finite(x: NDArray[Any], where: str) -> None:
    """Raise `DataError` naming the first NaN or infinity of ``x`` (n, features), counted from 1."""
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"{where}: row {row + 1}, column {column + 1} is {x[row, column]}; every feature must be a finite number"
        )


def suitable_binariser(x: NDArray[Any]) -> str:
    """The default for features ``x`` (n, features) of unknown origin.

    One bit a feature where no feature has more than two values: above 0 where they are 0 and 1 or -1 and 1, else above
    the smaller of each feature's values. Otherwise a thermometer.
    """
    if np.isin(x, (0, 1)).all() or np.isin(x, (-1, 1)).all():
        return "threshold=0"
    if ((x == x.min(axis=0)) | (x == x.max(axis=0))).all():
        return "thermometer=1"
    return "thermometer=8"


def suitable_image_binariser(pixels: NDArray[Any]) -> str:
    """The default for images, ``pixels`` (n, features): one threshold for all, unless some pixels vary on one side."""
    divided = not len(losses(fit_binariser("median", pixels), pixels).undivided)
    return "median" if divided else "thermometer=1"
