"""Cross-validation: the parts of a data set put together and cut into folds, each of which is the test part once."""

from dataclasses import dataclass, replace

import numpy as np

from bep_ref.datasets import Dataset


@dataclass(frozen=True)
class Fold:
    """Fold ``index``, from 0, of ``count``; ``seed`` shuffles the samples before they are cut."""

    index: int
    count: int
    seed: int


def cut(dataset: Dataset, fold: Fold) -> Dataset:
    """``dataset`` with ``fold`` as its test part and all others as its training part.

    Every fold has its share of every class. Where one part has shorter sequences than the other, NaN follows their
    ends, as within a part.
    """
    from sklearn.model_selection import StratifiedKFold  # slow to import

    parts = dataset.x_train, dataset.x_test
    longest = max(part.shape[1] for part in parts)
    x = np.concatenate([part if part.shape[1] == longest else _lengthen(part, longest) for part in parts])
    y = np.concatenate([dataset.y_train, dataset.y_test])
    folds = StratifiedKFold(fold.count, shuffle=True, random_state=fold.seed).split(y, y)
    train, test = list(folds)[fold.index]
    return replace(dataset, x_train=x[train], y_train=y[train], x_test=x[test], y_test=y[test])


def _lengthen(x: np.ndarray, length: int) -> np.ndarray:
    after = ((0, 0), (0, length - x.shape[1]), (0, 0))
    return np.pad(x, after, constant_values=np.nan)
