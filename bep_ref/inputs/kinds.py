"""The binarisers, and how each is kept in a file."""

from typing import Any

from numpy.typing import NDArray

from bep_ref.config import SeriesInput
from bep_ref.inputs.binarise import Binariser
from bep_ref.inputs.grid import GridBinariser
from bep_ref.inputs.neighbours import NeighbourBinariser
from bep_ref.inputs.series import SeriesBinariser

AnyBinariser = Binariser | SeriesBinariser | GridBinariser | NeighbourBinariser
"""Whatever turns features into bits."""


def takes_series(binariser: AnyBinariser) -> bool:
    """Whether a sample's features are a series (length, channels), not a row."""
    return isinstance(binariser, SeriesBinariser | GridBinariser)


def pack_binariser(binariser: AnyBinariser) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Fields of a file's JSON header, and arrays: everything that ``binariser`` is."""
    levels = binariser if isinstance(binariser, Binariser) else binariser.levels
    header: dict[str, Any] = {"binariser": {"spec": levels.spec, "inclusive": levels.inclusive}}
    arrays: dict[str, NDArray[Any]] = {"thresholds": levels.thresholds}
    if isinstance(binariser, SeriesBinariser):
        header["series"] = binariser.shape.to_dict()
        arrays["expansion"] = binariser.expansion
    elif isinstance(binariser, GridBinariser):
        header["grid"] = {"steps": binariser.steps, "differences": binariser.differences}
    elif isinstance(binariser, NeighbourBinariser):
        header["neighbours"] = {"image": list(binariser.image), "contrast": binariser.contrast}
    return header, arrays


def unpack_binariser(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> AnyBinariser:
    """The inverse of `pack_binariser`."""
    levels = Binariser(thresholds=arrays["thresholds"], **header["binariser"])
    if "series" in header:
        return SeriesBinariser(levels, SeriesInput.from_dict(header["series"]), arrays["expansion"])
    if "grid" in header:
        return GridBinariser(levels, **header["grid"])
    if "neighbours" in header:
        rows, columns = header["neighbours"]["image"]
        return NeighbourBinariser(levels, (rows, columns), header["neighbours"]["contrast"])
    return levels
