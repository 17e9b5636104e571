"""Cross-validation: the parts of a data set put together and cut into folds, each of which is the test part once."""

from dataclasses import replace

import numpy as np

from bep_ref.datasets import Dataset


def fold(dataset: Dataset, folds: int, index: int, seed: int) -> Dataset:
    """``dataset`` with fold ``index``, from 0, as its test part and all others as its training part.

    Every fold has its share of every class; ``seed`` shuffles before they are cut. Sequences that come from parts of
    different length get NaN after their ends, as everywhere.
    """
    from sklearn.model_selection import StratifiedKFold  # slow to import

    parts = dataset.x_train, dataset.x_test
    longest = max(part.shape[1] for part in parts)
    padded = [
        np.pad(part, ((0, 0), (0, longest - part.shape[1]), (0, 0)), constant_values=np.nan)
        if part.shape[1] < longest
        else part
        for part in parts
    ]
    x, y = np.concatenate(padded), np.concatenate([dataset.y_train, dataset.y_test])
    cuts = StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y)
    train, test = list(cuts)[index]
    return replace(dataset, x_train=x[train], y_train=y[train], x_test=x[test], y_test=y[test])
