"""From data of any shape to the positions that windows cover: images, series and tables.

A specification is one of `bep_ref.inputs.binarise`, for images perhaps with ``+neighbours=T`` (difference bits of
contrast T), for series perhaps with ``+differences`` (first differences as channels of their own).
"""

import math
from typing import Any

from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.inputs import binarise
from bep_ref.inputs.grid import GridBinariser, fit_grid
from bep_ref.inputs.neighbours import NeighbourBinariser, check_image

USAGE = f"{binarise.USAGE}; of images with +neighbours=T, of series with +differences"

PositionBinariser = binarise.Binariser | GridBinariser | NeighbourBinariser


def fit_positions(
    spec: str, x: NDArray[Any], image: tuple[int, ...], steps: int
) -> tuple[PositionBinariser, tuple[int, int, int]]:
    """Fit ``spec`` to training features ``x``; the binariser, and rows, columns and bits of the positions it makes.

    ``x`` (n, length, channels) are series of at most ``steps`` steps: a row for each step. ``x`` (n, features) are the
    pixels of an ``image`` (rows, columns), or, where that is empty, a table: a row for each feature, in one column.

    Raises
    ------
    ConfigError : a wrong specification, or one that does not suit the data.
    """
    levels, *extra = spec.split("+")
    if len(extra) > 1:
        raise ConfigError(f"binarise: {spec!r} is wrong; it must be {USAGE}")
    kind, _, argument = extra[0].partition("=") if extra else ("", "", "")
    if x.ndim == 3:
        if extra and extra[0] != "differences":
            raise ConfigError(f"binarise: {extra[0]!r} does not suit series; they take +differences")
        grid = fit_grid(levels, x, steps, differences=bool(extra))
        return grid, grid.shape
    if kind and kind != "neighbours":
        raise ConfigError(f"binarise: {extra[0]!r} suits series alone; images take +neighbours=T")
    plain = binarise.fit_binariser(levels, x)
    if image or kind:
        image = check_image(image, x.shape[1])
    if not kind:
        rows, columns = image or (x.shape[1], 1)
        return plain, (rows, columns, plain.thresholds.shape[1])
    neighbours = NeighbourBinariser(plain, (image[0], image[1]), _contrast(argument, spec))
    return neighbours, (*neighbours.image, neighbours.bits // neighbours.features)


def _contrast(text: str, spec: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ConfigError(f"binarise: {spec!r} is wrong; neighbours= takes a number of at least 0, such as 16")
    return value
