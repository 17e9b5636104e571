"""From a data set to what a run learns: bits, a validation part, the network's and the training's configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.binarise import Binariser, fit_binariser
from bep_ref.config import Network, Training, check_group_sizes, default_group_sizes
from bep_ref.datasets import Dataset
from bep_ref.splits import stratified_split


@dataclass(frozen=True)
class Samples:
    """Binarised samples: ``x`` (n, inputs) of ±1 (int8) and ``y`` (n,) classes."""

    x: NDArray[np.int8]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Task:
    """Everything that fixes a run: the same task gives the same bits on any machine.

    ``train`` is what is learned, ``validation`` (held out of the training data) chooses, ``test`` only measures.
    ``training.group_size`` is filled in.
    """

    data: str
    data_digest: str
    class_names: tuple[str, ...]
    binariser: Binariser
    network: Network
    training: Training
    train: Samples
    validation: Samples
    test: Samples


def prepare(dataset: Dataset, settings: dict[str, Any]) -> Task:
    """The task of learning ``dataset``.

    ``settings`` may hold ``hidden`` (required), ``counter_bits``, ``binarise`` and any field of
    :class:`~bep_ref.config.Training`; what it leaves out comes from the data set's preset, then from the defaults. One
    group size serves all layers. The binariser is fitted on the samples learned from, not on those held out.

    Raises
    ------
    ConfigError : a setting out of range, or one that does not suit the data.
    """
    known = {field.name for field in fields(Training)}
    chosen = {name: value for name, value in settings.items() if name in known}
    training = Training.from_dict({**dataset.preset, **chosen})
    kept, held = stratified_split(
        dataset.y_train, round(training.validation * len(dataset.y_train)), training.seed, "validation"
    )
    binariser = fit_binariser(settings.get("binarise", dataset.binarise), dataset.x_train[kept])
    shape: dict[str, Any] = {name: settings[name] for name in ("hidden", "counter_bits") if name in settings}
    network = Network.from_dict({"inputs": binariser.bits, "classes": len(dataset.class_names), **shape})
    sizes = every_layer(training.group_size, len(network.hidden))
    sizes = sizes or default_group_sizes(network.hidden, dataset.group_target)
    check_group_sizes(sizes, network.hidden)
    return Task(
        data=dataset.spec,
        data_digest=dataset.digest(),
        class_names=dataset.class_names,
        binariser=binariser,
        network=network,
        training=Training.from_dict(training.to_dict() | {"group_size": sizes}),
        train=Samples(binariser(dataset.x_train[kept]), dataset.y_train[kept]),
        validation=Samples(binariser(dataset.x_train[held]), dataset.y_train[held]),
        test=Samples(binariser(dataset.x_test), dataset.y_test),
    )


def every_layer(sizes: Sequence[int], layers: int) -> tuple[int, ...]:
    """Group sizes of ``layers`` layers, where one value stands for all of them."""
    return tuple(sizes) * (layers if len(sizes) == 1 else 1)
