"""What estimators take: tables (n, features), or sequences (n, length, channels), NaN after the end of shorter ones."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from bep_ref.inputs.series import series_lengths
from bep_ref.notes import Notes


def check_features(estimator: Any, X: Any, reset: bool) -> NDArray[Any]:
    """``X`` as an array; ``reset`` fixes, and otherwise compares, the estimator's ``n_features_in_`` (channels).

    Raises `ValueError` for whatever scikit-learn refuses, and for NaN before the end of a sequence.
    """
    if _dimensions(X) != 3:
        table: NDArray[Any] = validate_data(estimator, X, reset=reset)
        return table
    series: NDArray[Any] = check_array(X, allow_nd=True, ensure_all_finite="allow-nan")
    ended = np.arange(series.shape[1]) >= series_lengths(series)[:, None]
    if not np.array_equal(np.isnan(series), np.broadcast_to(ended[:, :, None], series.shape)):
        raise ValueError("Input X contains NaN before the end of a sequence")
    if reset:
        estimator.n_features_in_ = series.shape[2]
    elif series.shape[2] != estimator.n_features_in_:
        raise ValueError(
            f"X has {series.shape[2]} channels, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input"
        )
    return series


def column_names(estimator: Any) -> tuple[str, ...]:
    """Names of the columns that ``estimator`` was fitted to, empty where they had none."""
    return tuple(getattr(estimator, "feature_names_in_", ()))


def warn(notes: Notes) -> None:
    """A `UserWarning` for each doubtful one of ``notes``, as if raised by the caller's caller."""
    for note in notes:
        if note.doubtful:
            warnings.warn(note.text, UserWarning, stacklevel=3)


def _dimensions(X: Any) -> int:
    """Dimensions of an array, a sparse matrix, a table of pandas or nested lists."""
    return int(X.ndim) if hasattr(X, "ndim") else np.asarray(X).ndim
