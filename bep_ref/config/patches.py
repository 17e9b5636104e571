"""Local receptive fields: each neuron of the first layer sees one square patch of the image, and has no other synapses.

Neuron ``j`` sees the patch at position ``j * step mod count``. Positions are numbered row by row; ``step`` has no
divisor in common with their ``count``, so neurons visit all positions before any comes twice, and neighbours (a group
that shares one update) see different places. Hardware finds the next position with one addition.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0.618
"""Share of all positions from one neuron's patch to the next one's, about: multiples of it spread evenly."""


@dataclass(frozen=True)
class Patches:
    """Patches of ``side`` x ``side`` pixels of an image of ``rows`` x ``columns``, each pixel ``bits`` input bits.

    Input bit ``(row * columns + column) * bits + k`` is bit k of a pixel, as `Binariser` lays
    them out; a patch lays its own out alike, row by row.
    """

    rows: int
    columns: int
    side: int
    bits: int

    @property
    def fan_in(self) -> int:
        """Input bits of a patch: synapses of a neuron."""
        return self.side**2 * self.bits

    @property
    def count(self) -> int:
        """Positions of a patch in the image."""
        return (self.rows - self.side + 1) * (self.columns - self.side + 1)

    @property
    def step(self) -> int:
        """From the position of one neuron's patch to the next one's."""
        wanted = max(1, round(GOLDEN * self.count))
        return next(step for step in range(wanted, self.count + 2) if math.gcd(step, self.count) == 1)

    def corners(self, neurons: int) -> NDArray[np.int64]:
        """Upper left pixel (neurons, 2), as row and column, of each neuron's patch."""
        position = np.arange(neurons) * self.step % self.count
        return np.stack(np.divmod(position, self.columns - self.side + 1), axis=1)

    def inputs(self, neurons: int) -> NDArray[np.int64]:
        """Input bit behind each synapse, (neurons, fan-in)."""
        down, along = np.divmod(np.arange(self.side**2), self.side)
        inside = (down * self.columns + along)[:, None] * self.bits + np.arange(self.bits)
        row, column = self.corners(neurons).T
        return (row * self.columns + column)[:, None] * self.bits + inside.ravel()
