"""Whether what a model file holds makes a model: a digest shows damage, not what another program wrote."""

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from bep_ref.config import ConfigError
from bep_ref.inputs.binarise import Binariser
from bep_ref.inputs.series import SeriesBinariser

if TYPE_CHECKING:
    from bep_ref.runs.model import Model


def check_model(model: "Model") -> None:
    """Raise `ConfigError` where parts of ``model`` are not what they must be, or do not belong together."""
    binariser, network = model.binariser, model.network
    levels = binariser if isinstance(binariser, Binariser) else binariser.levels
    _require("thresholds", levels.thresholds.ndim == 2 and levels.thresholds.dtype.kind == "f")
    _require("thresholds", levels.thresholds.size > 0 and bool(np.isfinite(levels.thresholds).all()))
    _require("binariser", isinstance(levels.spec, str) and isinstance(levels.inclusive, bool))
    if isinstance(binariser, SeriesBinariser):
        expansion, shape = binariser.expansion, binariser.shape
        _require("expansion", expansion.shape == (shape.expansion, levels.bits * shape.window))
        _require("expansion", expansion.dtype == np.int8 and bool(np.isin(expansion, (-1, 1)).all()))
    _require("binariser", binariser.bits == network.inputs)
    for what, texts in (("class_names", model.class_names), ("columns", model.columns)):
        _require(what, all(isinstance(text, str) for text in texts))
    _require("class_names", len(model.class_names) == network.classes)
    for what, value in (("data", model.data), ("label", model.label)):
        _require(what, isinstance(value, str))
    _require("epoch", type(model.epoch) is int and model.epoch >= 0)
    accuracy = model.validation_accuracy
    _require("validation_accuracy", accuracy is None or (type(accuracy) in (int, float) and isfinite(accuracy)))
    arrays = {"counters": model.counters, "classifier": model.classifiers}
    for what, several in arrays.items():
        _require(what, all(array.dtype.kind == "i" for array in several))
    model.net()  # its parts check each other


def _require(name: str, ok: bool) -> None:
    if not ok:
        raise ConfigError(f"{name}: not what a model has")
