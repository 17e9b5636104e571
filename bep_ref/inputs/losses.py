"""What binarisation loses: features that vary in the training data while none of their bits does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.inputs.grid import GridBinariser
from bep_ref.inputs.kinds import AnyBinariser
from bep_ref.inputs.neighbours import NeighbourBinariser
from bep_ref.inputs.series import SeriesBinariser, series_values
from bep_ref.names import listed
from bep_ref.notes import Note, Notes


@dataclass(frozen=True)
class Losses:
    """Positions of ``constant`` features and of ``undivided`` ones, which vary but across none of their thresholds."""

    spec: str
    features: int
    constant: NDArray[np.int64]
    undivided: NDArray[np.int64]

    def notes(self, columns: Sequence[str] = ()) -> Notes:
        """A line that counts the undivided features, and one the constant ones, named by ``columns``."""
        lines: Notes = ()
        if len(self.undivided):
            which = f"{len(self.undivided)} of {self.features} features{_names(self.undivided, columns)}"
            text = f"{which} vary, but {self.spec} makes no bit of them vary: the network cannot see them"
            lines += (Note(text, doubtful=True),)
        if len(self.constant):
            which = f"{len(self.constant)} of {self.features} features{_names(self.constant, columns)}"
            lines += (Note(f"{which} have one value in all training samples: they carry no information"),)
        return lines


def losses(binariser: AnyBinariser, x: NDArray[Any]) -> Losses:
    """What ``binariser`` loses of the features ``x`` that it was fitted to: (n, features), or series."""
    if isinstance(binariser, SeriesBinariser):
        return losses(binariser.levels, series_values(x))
    if isinstance(binariser, GridBinariser):
        return losses(binariser.own, series_values(x))
    if isinstance(binariser, NeighbourBinariser):
        return losses(binariser.levels, x)
    low, high = x.min(axis=0)[:, None], x.max(axis=0)[:, None]
    levels = binariser.thresholds
    divides = (low < levels) & (levels <= high) if binariser.inclusive else (low <= levels) & (levels < high)
    varies = (low != high)[:, 0]
    return Losses(binariser.spec, len(levels), np.flatnonzero(~varies), np.flatnonzero(varies & ~divides.any(axis=1)))


def _names(positions: NDArray[np.int64], columns: Sequence[str]) -> str:
    return f" ({listed([columns[position] for position in positions])})" if columns else ""
