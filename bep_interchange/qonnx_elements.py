"""A tensor on the way through a QONNX graph, as what each of its elements is of the layer before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError

Array = NDArray[Any]
LARGEST = 1 << 26
"""Most elements of a tensor: a batch of samples is followed through the graph."""


@dataclass(frozen=True)
class Elements:
    """Every element is ``scale`` times an element of the source, plus ``shift``; three arrays (n, ...) of one shape.

    The source is what was computed last, a row of ``width`` numbers per sample: features, bits or sums. ``index``
    counts its elements over all n samples.
    """

    width: int
    index: Array
    scale: Array
    shift: Array

    @classmethod
    def source(cls, shape: tuple[int, ...]) -> Self:
        """The source itself, as a tensor of ``shape``."""
        size = int(np.prod(shape, dtype=np.int64))
        index = np.arange(size).reshape(shape)
        return cls(size // shape[0], index, np.ones(shape), np.zeros(shape))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.index.shape

    def moved(self, move: Callable[[Array], Array]) -> Self:
        """After an operator that moves elements and changes none."""
        return type(self)(self.width, *(move(array) for array in (self.index, self.scale, self.shift)))

    def changed(self, scale: Array, shift: Array) -> Self:
        """After ``scale * element + shift``, both spread over the tensor as ONNX spreads them."""
        new_scale, new_shift = self.scale * scale, self.shift * scale + shift
        shape = np.broadcast_shapes(new_scale.shape, new_shift.shape)
        if int(np.prod(shape, dtype=np.int64)) > LARGEST:
            raise ConfigError(f"a tensor of shape {shape} has too many elements; write the graph for one sample")
        spread = (np.broadcast_to(array, shape) for array in (self.index, new_scale, new_shift))
        return type(self)(self.width, *spread)

    def row(self) -> tuple[Array, Array, Array]:
        """Which element of the source each element of a sample is, scale and shift: what holds of every sample.

        Raises `ConfigError` for a tensor that mixes samples.
        """
        samples = len(self.index)
        index, scale, shift = (array.reshape(samples, -1) for array in (self.index, self.scale, self.shift))
        first = np.arange(samples)[:, None] * self.width
        if not ((index - first == index[:1]).all() and (scale == scale[:1]).all() and (shift == shift[:1]).all()):
            raise ConfigError("a tensor mixes samples; each must be a row of its own")
        return index[0], scale[0], shift[0]
