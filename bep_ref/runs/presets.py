"""Whole networks by name, cut to the shape of the data: images, series and tables.

``windows`` is about what an UP5K holds, ``windows-large`` what an ECP5-85F holds. Every constant is a default: any
setting changes it. docs/accuracy.md says what each is worth.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bep_ref.config import ConfigError
from bep_ref.datasets import Dataset
from bep_ref.runs.series_preset import series_preset

OFFSETS = (-0.05, 0.08, 0.20, 0.32, 0.45)
"""Five units of a kernel: where the gate is 0.06, at most one of them is a candidate."""
STROKES = 1 / 3
"""A drawing of strokes has ink on less than this share of its pixels; MNIST 0.19, Fashion-MNIST 0.50."""

Settings = dict[str, Any]


def preset(name: str, dataset: Dataset) -> Settings:
    """Settings of `prepare` for the network called ``name``, cut to ``dataset``; `ConfigError` if there is none."""
    if name not in PRESETS:
        raise ConfigError(f"preset: {name!r} is unknown; known are {', '.join(PRESETS)}")
    return PRESETS[name](dataset)


def with_preset(dataset: Dataset, settings: Settings) -> Settings:
    """``settings`` in which the preset that they name stands for what they leave out, in their geometry too."""
    if "preset" not in settings:
        return settings
    given = dict(settings)
    chosen = preset(given.pop("preset"), dataset)
    return {**chosen, **given, "geometry": chosen["geometry"] | given.get("geometry", {})}


def _windows(dataset: Dataset) -> Settings:
    if not _image(dataset):
        return series_preset(dataset, counters=96_000)
    if _small(dataset):
        return _small_image(kernels=14)
    if _strokes(dataset):
        return _strokes_image(dataset, kernels=20, regions=(3, 3))
    return _picture(dataset, side=4, kernels=20)


def _windows_large(dataset: Dataset) -> Settings:
    if not _image(dataset):
        return series_preset(dataset, counters=160_000)
    if _small(dataset):
        return _small_image(kernels=64)
    if _strokes(dataset):
        return _strokes_image(dataset, kernels=64, regions=())
    return _picture(dataset, side=5, kernels=42)


PRESETS: dict[str, Callable[[Dataset], Settings]] = {"windows": _windows, "windows-large": _windows_large}
"""Every preset by its name."""


def _image(dataset: Dataset) -> bool:
    return bool(dataset.image) and not dataset.sequential


def _small(dataset: Dataset) -> bool:
    """Whether an image is too small for places of windows that are spaced apart."""
    return min(dataset.image) < 16


def _strokes(dataset: Dataset) -> bool:
    """Whether images are strokes on an empty ground, such as handwriting, which may be moved by a pixel."""
    dark, bright = _range(dataset)
    return bool(np.mean(dataset.x_train > dark + (bright - dark) / 16) < STROKES)


def _range(dataset: Dataset) -> tuple[float, float]:
    """The least and the largest value of a pixel."""
    return float(dataset.x_train.min()), float(dataset.x_train.max())


def _levels(dataset: Dataset, *levels: int) -> str:
    """Thresholds of bytes as a specification for pixels of the data's range."""
    dark, bright = _range(dataset)
    return "threshold=" + ",".join(f"{dark + (bright - dark) * level / 255:.6g}" for level in levels)


def _contrast(dataset: Dataset, contrast: int) -> str:
    """Difference bits: a difference of bytes for pixels of the data's range."""
    dark, bright = _range(dataset)
    return f"neighbours={(bright - dark) * contrast / 255:.6g}"


_FIVE = {"offsets": OFFSETS, "gate": 0.06, "draw_bits": 8, "readout": 12, "batch_size": 100, "epochs": 30}
_POOLED = {"places": (5, 5), "pool": (2, 2), "spacing": 2}


def _strokes_image(dataset: Dataset, kernels: int, regions: tuple[int, ...]) -> Settings:
    """Two grey levels; samples are moved by a pixel."""
    return {
        "geometry": {"window": (7, 7), **_POOLED, "kernels": kernels, "regions": regions},
        "binarise": _levels(dataset, 62, 158),
        "margin": 4.0,
        "shifts": 1,
        **_FIVE,
    }


def _picture(dataset: Dataset, side: int, kernels: int) -> Settings:
    """Two grey levels and four difference bits; samples stay where they are."""
    return {
        "geometry": {"window": (side, side), **_POOLED, "kernels": kernels},
        "binarise": f"{_levels(dataset, 14, 94)}+{_contrast(dataset, 16)}",
        "margin": 8.0,
        **_FIVE,
    }


def _small_image(kernels: int) -> Settings:
    """The data's own grey levels, windows close together."""
    return {
        "geometry": {"window": (4, 4), "places": (4, 4), "pool": (2, 2), "spacing": 1, "kernels": kernels},
        "offsets": (0.2,),
        "readout": 12,
        "margin": 2.0,
        "batch_size": 20,
        "epochs": 60,
    }
