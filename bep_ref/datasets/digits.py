"""`digits`: scikit-learn's 1,797 handwritten digits, 8 x 8 pixels of 0 to 16, 10 classes."""

import numpy as np

from bep_ref.datasets.dataset import SPLIT_SEED, DataError, Dataset
from bep_ref.runs.splits import stratified_split

NAME = "digits"
USAGE = "digits"
SUMMARY = "scikit-learn's 8 x 8 digits, 1347 training and 450 test samples"

TEST_SAMPLES = 450
BINARISE = "threshold=2,6,11"
"""Three-bit thermometer on 0 to 16. Mean validation accuracy of the last ten epochs over 12 seeds: 95.5 %; with the
evenly spaced 4,8,12 95.0 %; quantiles of each pixel lose another point (many border pixels are nearly always 0)."""


def load(argument: str) -> Dataset:
    """The digits with a fixed stratified split; takes no argument."""
    if argument:
        raise DataError(f"data: digits takes no argument, not {argument!r}")
    from sklearn.datasets import load_digits  # slow to import, and only this data set needs it

    images, labels = load_digits(return_X_y=True)
    x, y = images.astype(np.uint8), labels.astype(np.int64)
    kept, held = stratified_split(y, TEST_SAMPLES, SPLIT_SEED, "test part of digits")
    names = tuple(str(digit) for digit in range(10))
    return Dataset(NAME, x[kept], y[kept], x[held], y[held], names, BINARISE, image=(8, 8))
