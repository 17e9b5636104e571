"""Bits of features as scikit-learn transformers: thin covers of `bep_ref.inputs`."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from bep_ref.config import SeriesInput
from bep_ref.inputs.binarise import fit_binariser
from bep_ref.inputs.losses import losses
from bep_ref.inputs.series import fit_series_binariser, series_lengths
from bep_sklearn.arrays import check_features, column_names, warn


class FeatureBinariser(TransformerMixin, BaseEstimator):
    """Features (n, F) to bits (n, F * B) of ±1 (int8): bit ``feature * B + k`` compares with threshold k.

    Parameters
    ----------
    binarise : ``median``, ``threshold=V[,V...]`` or ``thermometer=B``, see `bep_ref.inputs.binarise`.

    Attributes
    ----------
    binariser_ : the fitted `Binariser`.
    """

    def __init__(self, binarise: str = "thermometer=8") -> None:
        self.binarise = binarise

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Find the thresholds in ``X`` (n, features)."""
        table = _table(check_features(self, X, reset=True))
        self.binariser_ = fit_binariser(self.binarise, table)
        warn(losses(self.binariser_, table).notes(column_names(self)))
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.int8]:
        """Bits (n, F * B) of ±1 of ``X`` (n, features)."""
        check_is_fitted(self)
        return self.binariser_(_table(check_features(self, X, reset=False)))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """``NAME_K`` of every bit: its feature's name, and the number of the threshold."""
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        bits = self.binariser_.thresholds.shape[1]
        return np.array([f"{name}_{k}" for name in names for k in range(bits)], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # bits, whatever comes
        return tags


class SequenceBinariser(TransformerMixin, BaseEstimator):
    """Series (n, length, channels), NaN after the end, to steps (n, T, bits) of ±1, NaN after the end.

    Parameters are those of `bep_ref.inputs.series`; ``random_state`` is the seed (an integer) of the expansion.

    Attributes
    ----------
    binariser_ : the fitted `SeriesBinariser`.
    """

    def __init__(
        self,
        binarise: str = "thermometer=8",
        window: int = SeriesInput.window,
        stride: int = SeriesInput.stride,
        expansion: int = SeriesInput.expansion,
        random_state: int = 1,
    ) -> None:
        self.binarise = binarise
        self.window = window
        self.stride = stride
        self.expansion = expansion
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Find the thresholds in ``X`` (n, length, channels), of all times together."""
        series = _series(check_features(self, X, reset=True))
        shape = SeriesInput(self.window, self.stride, self.expansion)
        self.binariser_ = fit_series_binariser(self.binarise, shape, series, self.random_state)
        warn(losses(self.binariser_, series).notes())
        return self

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Steps (n, T, bits) of ``X``: int8 where all series are equally long, else float32 with NaN after the end."""
        check_is_fitted(self)
        series = _series(check_features(self, X, reset=False))
        steps, ends = self.binariser_(series), self.binariser_.steps(series_lengths(series))
        if (ends == steps.shape[1]).all():
            return steps
        ended = np.arange(steps.shape[1]) >= ends[:, None]
        return np.where(ended[:, :, None], np.float32(np.nan), steps)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array, tags.input_tags.allow_nan = False, True, True
        return tags


def _table(X: NDArray[Any]) -> NDArray[Any]:
    if X.ndim != 2:
        raise ValueError(f"X has shape {X.shape}; FeatureBinariser takes (n, features)")
    return X


def _series(X: NDArray[Any]) -> NDArray[Any]:
    if X.ndim != 3:
        raise ValueError(f"X has shape {X.shape}; SequenceBinariser takes (n, length, channels)")
    return X
