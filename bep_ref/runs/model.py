"""A learned network with everything needed to use it on raw features, and its file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import AnyNetwork, Training, network_from_dict, rule_named, training_from_dict
from bep_ref.datasets.schema import Schema
from bep_ref.files.archive import read_archive, understanding, write_archive
from bep_ref.inputs.kinds import AnyBinariser, pack_binariser, takes_series, unpack_binariser
from bep_ref.networks.initial import assemble
from bep_ref.networks.learner import Learner
from bep_ref.networks.readout import Readout
from bep_ref.runs.evaluate import predict, scores
from bep_ref.runs.soundness import check_model

FORMAT, VERSION, OLDEST = "bep-model", 2, 1
"""Version 2 added the columns' names; a file of version 1 has none."""


@dataclass(frozen=True)
class Model:
    """Counters (an array for each of ``network.shapes``) and classifiers (C, K_l) of ±1 with their configuration.

    The last of ``classifiers`` predicts; local error signals have one a layer, otherwise it is the only one.
    ``data`` is the specification learned from, ``epoch`` the one whose counters these are and
    ``validation_accuracy`` what they reached on the held-out part of the training data, None where none was held out.
    ``columns`` are the features' names and ``label`` the label column's name, both empty where the data had none.
    """

    network: AnyNetwork
    training: Training
    binariser: AnyBinariser
    class_names: tuple[str, ...]
    data: str
    epoch: int
    validation_accuracy: float | None
    counters: list[NDArray[Any]]
    classifiers: list[NDArray[np.int8]]
    readout: Readout | None = None
    columns: tuple[str, ...] = ()
    label: str = ""

    @property
    def schema(self) -> Schema:
        """What new data must hold."""
        sequential = takes_series(self.binariser)
        return Schema(self.binariser.features, self.class_names, self.columns, self.label, sequential)

    def net(self) -> Learner:
        """The network, ready to predict bits or to learn on."""
        readout = self.readout and self.readout.copy()
        return assemble(self.network, self.training, self.counters, self.classifiers, 1, readout=readout)

    def predict(self, features: NDArray[Any]) -> NDArray[np.int64]:
        """Classes (n,) of raw features (n, features) or series (n, length, channels), binarised as in training."""
        return predict(self.net(), self.binariser(features))

    def scores(self, features: NDArray[Any], copies: int = 1) -> NDArray[np.int64]:
        """Scores (n, C) of raw features, as `predict` takes them; the largest, the first of equals, is the class.

        ``copies`` as in `bep_ref.runs.evaluate.scores`.
        """
        return scores(self.net(), self.binariser(features), copies)

    def save(self, path: Path) -> None:
        """Write the model atomically; the same model gives the same bytes."""
        binariser, arrays = pack_binariser(self.binariser)
        header: dict[str, Any] = {
            "network": self.network.to_dict(),
            "training": self.training.to_dict(),
            **binariser,
            "class_names": list(self.class_names),
            "data": self.data,
            "epoch": self.epoch,
            "validation_accuracy": self.validation_accuracy,
            "columns": list(self.columns),
            "label": self.label,
        }
        arrays |= pack_counters("counters", self.network, self.counters)
        arrays |= dict(zip(_classifier_names(self.network, self.training), self.classifiers, strict=True))
        arrays |= pack_readout("readout", self.readout)
        write_archive(path, FORMAT, VERSION, header, arrays)

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read a model file; `ArchiveError` in one line if it is not one or is damaged."""
        header, arrays = read_archive(path, FORMAT, VERSION, OLDEST)
        with understanding(path, FORMAT):
            network, training = network_from_dict(header["network"]), training_from_dict(header["training"])
            model = cls(
                network=network,
                training=training,
                binariser=unpack_binariser(header, arrays),
                class_names=tuple(header["class_names"]),
                data=header["data"],
                epoch=header["epoch"],
                validation_accuracy=header["validation_accuracy"],
                counters=unpack_counters("counters", network, arrays),
                classifiers=[arrays[name] for name in _classifier_names(network, training)],
                readout=unpack_readout("readout", network, arrays),
                columns=tuple(header.get("columns", ())),
                label=header.get("label", ""),
            )
            check_model(model)
            return model


def _classifier_names(network: AnyNetwork, training: Training) -> list[str]:
    """Arrays of the fixed classifiers in a file, the one that predicts last."""
    if not network.CLASSIFIED:
        return []
    *lower, _ = rule_named(training.rule).classified(len(network.widths))
    return [*(f"classifier{layer + 1}" for layer in lower), "classifier"]


def pack_counters(name: str, network: AnyNetwork, counters: list[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays ``name1``, ``name2``... in the narrowest integers that hold the counters."""
    width = np.int8 if network.counter_bits <= 8 else np.int16
    return {f"{name}{index}": q.astype(width) for index, q in enumerate(counters, start=1)}


def unpack_counters(name: str, network: AnyNetwork, arrays: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """The inverse of `pack_counters`."""
    return [arrays[f"{name}{index}"].astype(np.int32) for index in range(1, len(network.shapes) + 1)]


def pack_readout(name: str, readout: Readout | None) -> dict[str, NDArray[Any]]:
    """Arrays of a read-out; none where there is none."""
    return {f"{name}_counters": readout.counters.astype(np.int16), f"{name}_sums": readout.sums} if readout else {}


def unpack_readout(name: str, network: AnyNetwork, arrays: dict[str, NDArray[Any]]) -> Readout | None:
    """The inverse of `pack_readout`."""
    bits = network.readout
    return Readout(arrays[f"{name}_counters"], arrays[f"{name}_sums"], bits) if bits else None
