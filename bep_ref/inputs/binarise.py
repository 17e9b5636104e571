"""From real features to ±1 input bits: thresholds fitted on training data only, which travel with the model.

Specifications: ``median`` (one threshold, the median over all values), ``threshold=V[,V...]`` (fixed values, the
same for every feature) and ``thermometer=B`` (B quantiles of each feature). Every feature has the same number of
bits: layouts by position (windows of images and series) count on it. A thermometer divides every feature that
varies; `bep_ref.inputs.losses` counts the features that the other two do not divide.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.inputs.quantiles import quantile_thresholds

USAGE = "median, threshold=V[,V...] or thermometer=B"


@dataclass(frozen=True)
class Binariser:
    """Compares every feature with its thresholds.

    ``thresholds`` (features, B), never falling along B. Bit ``feature * B + k`` is +1 where the feature is above
    threshold k, or, when ``inclusive``, at least as large.
    """

    spec: str
    thresholds: NDArray[np.float64]
    inclusive: bool

    @property
    def features(self) -> int:
        """Features of one sample."""
        return len(self.thresholds)

    @property
    def bits(self) -> int:
        """Input bits of one sample."""
        return int(self.thresholds.size)

    def __call__(self, x: NDArray[Any]) -> NDArray[np.int8]:
        """Bits (n, features * B) of ±1 from features (n, features)."""
        if x.ndim != 2 or x.shape[1] != self.features:
            raise ConfigError(
                f"data: shape {x.shape} does not suit the binariser; it must be (samples, {self.features})"
            )
        out = np.empty((len(x), *self.thresholds.shape), dtype=np.int8)
        for k, threshold in enumerate(self.thresholds.T):
            out[:, :, k] = np.where(x >= threshold if self.inclusive else x > threshold, 1, -1)
        return out.reshape(len(x), self.bits)


def fit_binariser(spec: str, x: NDArray[Any]) -> Binariser:
    """Fit ``spec`` to training features ``x`` (n, features) of finite numbers.

    The thermometer's thresholds are those of `quantile_thresholds`. The median is replaced by the largest value below
    the maximum where it equals the maximum, which no value exceeds.

    Raises
    ------
    ConfigError : a specification that is not one of `USAGE`.
    """
    kind, _, argument = spec.partition("=")
    if spec == "median":
        return Binariser(spec, np.full((x.shape[1], 1), _median(x)), inclusive=False)
    if kind == "threshold":
        values = _values(argument, spec)
        return Binariser(spec, np.tile(np.array(values), (x.shape[1], 1)), inclusive=False)
    if kind == "thermometer":
        bits = _bits(argument, spec)
        return Binariser(spec, np.stack([quantile_thresholds(column, bits) for column in x.T]), inclusive=True)
    raise ConfigError(f"binarise: unknown {spec!r}; it must be {USAGE}")


def _median(x: NDArray[Any]) -> float:
    median, highest = float(np.median(x)), x.max()
    below = x[x < highest] if median >= highest else x[:0]
    return float(below.max()) if below.size else median


def _values(text: str, spec: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [math.nan]
    if not all(math.isfinite(value) for value in values) or values != sorted(set(values)):
        raise ConfigError(
            f"binarise: {spec!r} is wrong; threshold= takes rising finite numbers, such as threshold=4,8,12"
        )
    return values


def _bits(text: str, spec: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 64):
        raise ConfigError(f"binarise: {spec!r} is wrong; thermometer= takes 1 to 64 bits for each feature")
    return int(text)
