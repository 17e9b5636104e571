"""From real-valued series to the steps of a recurrent network: bits of each value, windows, a fixed random expansion.

All of it is fitted on training data or drawn from the seed once, and travels with the model.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from bep_ref.config import ConfigError, SeriesInput
from bep_ref.inputs.binarise import Binariser, fit_binariser
from bep_ref.networks.rules import matmul, sign
from bep_ref.runs.seeding import signs, stream

CHUNK = 1 << 24
"""Bits expanded at a time: bounds the memory of a large data set."""


@dataclass(frozen=True)
class SeriesBinariser:
    """Series as sequences of steps.

    ``levels`` turns the channels of every single value into bits, with the same thresholds at every time.
    A step's bits are those of ``shape.window`` consecutive values, the first value's first; windows are
    ``shape.stride`` values apart, and values at the end that fill no window are left out. ``expansion`` E (K_x, bits of
    a window) of ±1 then makes ``sign(E x)`` of a step's bits x; an E without rows leaves them as they are.
    """

    levels: Binariser
    shape: SeriesInput
    expansion: NDArray[np.int8]

    @property
    def spec(self) -> str:
        """The specification of ``levels``."""
        return self.levels.spec

    @property
    def features(self) -> int:
        """Channels of a series."""
        return self.levels.features

    @property
    def bits(self) -> int:
        """Input bits of one step."""
        return len(self.expansion) or self.levels.bits * self.shape.window

    @property
    def stride(self) -> int:
        """Values from one window to the next."""
        return self.shape.stride or self.shape.window

    def steps(self, length: Any) -> Any:
        """Steps of a series of so many values."""
        return (length - self.shape.window) // self.stride + 1

    def __call__(self, x: NDArray[Any]) -> NDArray[np.int8]:
        """Steps (n, T, bits) of ±1 from series (n, length, channels), NaN after the end of a series.

        Steps after the end of a series are 0.
        """
        if x.ndim != 3 or x.shape[2] != self.features:
            raise ConfigError(
                f"data: shape {x.shape} does not suit the binariser; it must be (samples, length, {self.features})"
            )
        lengths = series_lengths(x)
        _check_window(self.shape.window, lengths)
        out = np.empty((len(x), self.steps(x.shape[1]), self.bits), dtype=np.int8)
        chunk = max(1, CHUNK // (out.shape[1] * max(self.bits, self.levels.bits * self.shape.window)))
        for start in range(0, len(x), chunk):
            out[start : start + chunk] = self._steps(x[start : start + chunk])
        out[np.arange(out.shape[1]) >= self.steps(lengths)[:, None]] = 0
        return out

    def _steps(self, x: NDArray[Any]) -> NDArray[np.int8]:
        """The same, with whatever bits after the end of a series."""
        bits = self.levels(x.reshape(-1, self.features)).reshape(*x.shape[:2], -1)
        windows = sliding_window_view(bits, self.shape.window, axis=1)[:, :: self.stride].swapaxes(2, 3)
        flat = windows.reshape(*windows.shape[:2], -1)
        return sign(matmul(flat, self.expansion.T)) if len(self.expansion) else flat


def fit_series_binariser(spec: str, shape: SeriesInput, x: NDArray[Any], seed: int) -> SeriesBinariser:
    """Fit `fit_binariser`'s ``spec`` to all values of training series, and draw E.

    ``x`` (n, length, channels), NaN after the end of a series.

    Raises
    ------
    ConfigError : a wrong specification, or a series shorter than a window.
    """
    lengths = series_lengths(x)
    _check_window(shape.window, lengths)
    levels = fit_binariser(spec, series_values(x))
    expansion = signs(stream(seed, "expansion"), (shape.expansion, levels.bits * shape.window))
    return SeriesBinariser(levels, shape, expansion)


def _check_window(window: int, lengths: NDArray[np.int64]) -> None:
    if (lengths < window).any():
        raise ConfigError(
            f"window: {window} is out of range; it must be at most {lengths.min()}, the length of "
            f"series {int(lengths.argmin()) + 1}"
        )


def series_values(x: NDArray[Any]) -> NDArray[Any]:
    """All values (n, channels) of series ``x`` (n, length, channels), without the NaN after the end of each."""
    return np.asarray(x[np.arange(x.shape[1]) < series_lengths(x)[:, None]])


def series_lengths(x: NDArray[Any]) -> NDArray[np.int64]:
    """Values of each series of ``x`` (n, length, channels), NaN after its end; result (n,)."""
    if x.dtype.kind != "f":
        return np.full(len(x), x.shape[1])
    return np.asarray((~np.isnan(x[:, :, 0])).sum(axis=1))
