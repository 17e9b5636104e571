"""Series as images: time steps down, channels across, each value the bits of its thermometer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.inputs.binarise import Binariser, fit_binariser
from bep_ref.inputs.series import series_lengths, series_values


@dataclass(frozen=True)
class GridBinariser:
    """Series of at most ``steps`` steps as rows of bits; the bits after the end of a shorter series are -1.

    ``levels`` turns the channels of every single step into bits, with the same thresholds at every time. With
    ``differences``, the change of each channel since the step before follows as a channel of its own, 0 in the first
    step.
    """

    levels: Binariser
    steps: int
    differences: bool

    @property
    def spec(self) -> str:
        """The specification of `fit_grid`."""
        return self.levels.spec + ("+differences" if self.differences else "")

    @property
    def features(self) -> int:
        """Channels of a series."""
        return self.levels.features // (2 if self.differences else 1)

    @property
    def own(self) -> Binariser:
        """The levels of the channels alone, without those of their differences."""
        return Binariser(self.levels.spec, self.levels.thresholds[: self.features], self.levels.inclusive)

    @property
    def bits(self) -> int:
        """Input bits of one sample."""
        return self.steps * self.levels.bits

    @property
    def shape(self) -> tuple[int, int, int]:
        """Steps, channels with their differences, bits of a value."""
        return self.steps, *self.levels.thresholds.shape

    def __call__(self, x: NDArray[Any]) -> NDArray[np.int8]:
        """Bits (n, steps * channels * b) of ±1 from series (n, length, channels), NaN after the end of a series.

        Raises
        ------
        ConfigError : other channels than the series fitted, or a series that is longer than ``steps``.
        """
        if x.ndim != 3 or x.shape[2] != self.features:
            raise ConfigError(
                f"data: shape {x.shape} does not suit the binariser; it must be (samples, length, {self.features})"
            )
        longest = int(series_lengths(x).max(initial=0))
        if longest > self.steps:
            raise ConfigError(f"data: a series of {longest} steps; the network was made for at most {self.steps}")
        values = channels(x[:, : self.steps], self.differences)
        out = np.full((len(x), self.steps, self.levels.bits), -1, np.int8)
        out[:, : values.shape[1]] = self.levels(values.reshape(-1, values.shape[2])).reshape(*values.shape[:2], -1)
        return out.reshape(len(x), -1)


def channels(x: NDArray[Any], differences: bool) -> NDArray[Any]:
    """Series ``x`` (n, length, channels), perhaps with their first ``differences`` behind: (n, length, 2 channels)."""
    if not differences:
        return x
    values = x.astype(np.float64)  # differences of unsigned integers would wrap
    return np.concatenate([values, np.diff(values, axis=1, prepend=values[:, :1])], axis=2)


def fit_grid(spec: str, x: NDArray[Any], steps: int, differences: bool) -> GridBinariser:
    """Fit ``spec`` of `fit_binariser` to all values of training series ``x`` (n, length, channels).

    NaN stands after the end of a series; ``steps`` is the length of the longest series that there will be.
    """
    return GridBinariser(fit_binariser(spec, series_values(channels(x, differences))), steps, differences)
