"""Difference bits of images: whether a pixel is brighter than its neighbours, beside the levels of its own value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.inputs.binarise import Binariser

DISTANCE = 2
"""Pixels from a pixel to the four neighbours that it is compared with."""
DIRECTIONS = ((-DISTANCE, 0), (DISTANCE, 0), (0, -DISTANCE), (0, DISTANCE))
"""(rows, columns) to the neighbour above, below, left and right, in the order of the bits."""


@dataclass(frozen=True)
class NeighbourBinariser:
    """Bits of a pixel: those of ``levels``, then one for each of `DIRECTIONS`.

    The latter is +1 where the pixel is greater than the neighbour plus ``contrast``. A neighbour outside the ``image``
    (rows, columns) counts as 0.
    """

    levels: Binariser
    image: tuple[int, int]
    contrast: float

    @property
    def spec(self) -> str:
        """The specification of `fit_binariser`."""
        return f"{self.levels.spec}+neighbours={self.contrast:g}"

    @property
    def features(self) -> int:
        """Pixels of a sample."""
        return self.levels.features

    @property
    def bits(self) -> int:
        """Input bits of one sample."""
        return self.levels.bits + len(DIRECTIONS) * self.features

    def __call__(self, x: NDArray[Any]) -> NDArray[np.int8]:
        """Bits (n, pixels * b) of ±1 from pixels (n, pixels), row by row."""
        own = self.levels(x).reshape(len(x), self.features, -1)
        rows, columns = self.image
        padded = np.pad(x.reshape(-1, rows, columns).astype(np.float64), ((0, 0), (DISTANCE,) * 2, (DISTANCE,) * 2))
        centre = padded[:, DISTANCE:-DISTANCE, DISTANCE:-DISTANCE]
        brighter = [
            centre > padded[:, DISTANCE + down :, DISTANCE + right :][:, :rows, :columns] + self.contrast
            for down, right in DIRECTIONS
        ]
        differences = np.where(np.stack(brighter, axis=3), 1, -1).astype(np.int8)
        both = np.concatenate([own, differences.reshape(len(x), self.features, -1)], axis=2)
        return both.reshape(len(x), -1)


def check_image(image: tuple[int, ...], features: int) -> tuple[int, int]:
    """``image`` as rows and columns; `ConfigError` unless the data's ``features`` are its pixels."""
    if not image:
        raise ConfigError("binarise: neighbours= needs images, and the data holds none")
    if len(image) != 2 or image[0] * image[1] != features:
        raise ConfigError(f"image: {image} is out of range; it must be rows and columns of {features} pixels in all")
    return image[0], image[1]
