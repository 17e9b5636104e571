"""A learned network with everything needed to use it on raw features, and its file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.archive import read_archive, write_archive
from bep_ref.binarise import Binariser
from bep_ref.config import Network, Training
from bep_ref.evaluate import predict
from bep_ref.mlp import BinaryMlp

FORMAT, VERSION = "bep-model", 1


@dataclass(frozen=True)
class Model:
    """Counters (one (K_l, K_{l-1}) array a layer) and classifier (C, K_L) of ±1 with their configuration.

    ``data`` is the specification learned from, ``epoch`` the one whose counters these are and
    ``validation_accuracy`` what they reached on the held-out part of the training data.
    """

    network: Network
    training: Training
    binariser: Binariser
    class_names: tuple[str, ...]
    data: str
    epoch: int
    validation_accuracy: float
    counters: list[NDArray[Any]]
    classifier: NDArray[np.int8]

    def mlp(self) -> BinaryMlp:
        """The network, ready to predict bits or to learn on."""
        return BinaryMlp(
            counters=self.counters,
            classifier=self.classifier,
            margin=self.training.margin,
            gate=self.training.gate,
            group_size=self.training.group_size,
            counter_bits=self.network.counter_bits,
        )

    def predict(self, features: NDArray[Any]) -> NDArray[np.int64]:
        """Classes (n,) of raw features (n, features), binarised as in training."""
        return predict(self.mlp(), self.binariser(features))

    def save(self, path: Path) -> None:
        """Write the model atomically; the same model gives the same bytes."""
        header = {
            "network": self.network.to_dict(),
            "training": self.training.to_dict(),
            "binariser": {"spec": self.binariser.spec, "inclusive": self.binariser.inclusive},
            "class_names": list(self.class_names),
            "data": self.data,
            "epoch": self.epoch,
            "validation_accuracy": self.validation_accuracy,
        }
        arrays = pack_counters("counters", self.network, self.counters)
        arrays |= {"classifier": self.classifier, "thresholds": self.binariser.thresholds}
        write_archive(path, FORMAT, VERSION, header, arrays)

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read a model file; :class:`~bep_ref.archive.ArchiveError` in one line if it is not one or is damaged."""
        header, arrays = read_archive(path, FORMAT, VERSION)
        network = Network.from_dict(header["network"])
        return cls(
            network=network,
            training=Training.from_dict(header["training"]),
            binariser=Binariser(thresholds=arrays["thresholds"], **header["binariser"]),
            class_names=tuple(header["class_names"]),
            data=header["data"],
            epoch=header["epoch"],
            validation_accuracy=header["validation_accuracy"],
            counters=unpack_counters("counters", network, arrays),
            classifier=arrays["classifier"],
        )


def pack_counters(name: str, network: Network, counters: list[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays ``name1``, ``name2``... in the narrowest integers that hold the counters."""
    width = np.int8 if network.counter_bits <= 8 else np.int16
    return {f"{name}{layer}": q.astype(width) for layer, q in enumerate(counters, start=1)}


def unpack_counters(name: str, network: Network, arrays: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """The inverse of :func:`pack_counters`."""
    return [arrays[f"{name}{layer}"].astype(np.int32) for layer in range(1, len(network.hidden) + 1)]
