"""Counters as an image: the hue is the weight, the strength how far the counter is from flipping it."""

import base64
import io
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.image import imsave
from numpy.typing import NDArray

from bep_report.markup import tag

POSITIVE, NEGATIVE = (43, 127, 184), (214, 120, 34)
"""Seen on white and on black."""
FULL = 98
"""Percentile of the strengths that gets the full colour."""
MOST_SCALE = 12
"""Pixels of the screen for one of an image, at most."""


def mosaic(tiles: NDArray[Any], columns: int) -> NDArray[Any]:
    """Images ``tiles`` (n, rows, columns) beside and below each other, a pixel of nothing (NaN) between them."""
    number, height, width = tiles.shape
    rows = -(-number // columns)
    sheet = np.full((rows * columns, height + 1, width + 1), np.nan)
    sheet[:number, :height, :width] = tiles
    sheet = sheet.reshape(rows, columns, height + 1, width + 1).transpose(0, 2, 1, 3)
    return sheet.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


def image(values: NDArray[Any], description: str) -> Markup:
    """``values`` (rows, columns), positive or negative; NaN is transparent, and so, nearly, is what is close to 0."""
    strength = np.abs(np.nan_to_num(values))
    strength = np.minimum(1, strength / (np.percentile(strength[~np.isnan(values)], FULL) or 1))
    pixels = np.empty((*values.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.where(np.nan_to_num(values)[..., None] >= 0, POSITIVE, NEGATIVE)
    pixels[..., 3] = np.round(255 * strength)
    file = io.BytesIO()
    imsave(file, pixels, format="png")
    height, width = values.shape
    data = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return tag("div", _img(data, description, width, height), class_="pixels", style=f"--widest:{MOST_SCALE * width}px")


def _img(data: str, description: str, width: int, height: int) -> Markup:
    """An image element, which has no end tag."""
    return Markup('<img src="{}" alt="{}" width="{}" height="{}">').format(data, description, width, height)
