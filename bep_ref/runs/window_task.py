"""From a data set to a window network: the positions that its features make, and how the network learns."""

from dataclasses import fields
from typing import Any

from numpy.typing import NDArray

from bep_ref.config import ConfigError, Geometry, RecurrentNetwork, SeriesInput, WindowNetwork, WindowTraining
from bep_ref.datasets import Dataset
from bep_ref.inputs.positions import PositionBinariser, fit_positions

_KNOWN = {"geometry", "binarise"} | {field.name for kind in (WindowNetwork, WindowTraining) for field in fields(kind)}
_NEVER = {"rule", "reinforcement", "patience", "group_limit", "dead_zone"}
"""Fields of every training that mean nothing here."""
_OTHERS = {"hidden", *RecurrentNetwork.CHOSEN, *(field.name for field in fields(SeriesInput))}
"""Settings of other kinds of networks."""


def is_window_task(settings: dict[str, Any]) -> bool:
    """Whether ``settings`` are those of a window network."""
    return "geometry" in settings


def window_training(settings: dict[str, Any]) -> WindowTraining:
    """How a window network learns.

    Raises
    ------
    ConfigError : a setting that is out of range, or that only other networks have.
    """
    if foreign := sorted(settings.keys() & _OTHERS):
        raise ConfigError(f"{foreign[0]}: window networks have none; their geometry says where kernels look")
    values = {field.name: settings[field.name] for field in fields(WindowTraining) if field.name in settings}
    default = WindowTraining()
    for name in sorted(values.keys() & _NEVER):
        if values[name] != getattr(default, name):
            raise ConfigError(f"{name}: window networks have no use for it")
    return WindowTraining.from_dict(values)


def design_windows(
    dataset: Dataset, settings: dict[str, Any], known: NDArray[Any]
) -> tuple[PositionBinariser, WindowNetwork, WindowTraining]:
    """The window network that learns ``dataset``, with its binariser, fitted on features ``known`` (n, ...) alone.

    ``settings`` hold ``geometry``, the fields of `Geometry` but its shape, which follows from the data, and any field
    of `WindowNetwork`, of `WindowTraining`, and ``binarise``.

    Raises
    ------
    ConfigError : a setting out of range, or one that does not suit the data.
    """
    training = window_training(settings)
    if unknown := sorted(settings.keys() - _KNOWN):
        raise ConfigError(f"{unknown[0]}: window networks have no such setting")
    longest = max(part.shape[1] for part in (dataset.x_train, dataset.x_test))
    image = () if dataset.sequential else dataset.image
    binariser, shape = fit_positions(settings.get("binarise", dataset.binarise), known, image, longest)
    geometry = Geometry.from_dict({**settings["geometry"], "shape": shape})
    chosen = {field.name: settings[field.name] for field in fields(WindowNetwork) if field.name in settings}
    ends = {"geometry": geometry, "classes": len(dataset.class_names)}
    return binariser, WindowNetwork.from_dict(chosen | ends), training
