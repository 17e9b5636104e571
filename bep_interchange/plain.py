"""A binary network and nothing else: what every format of another tool can hold."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError, Network, Training, default_group_sizes, perceptron
from bep_ref.inputs.binarise import Binariser
from bep_ref.runs.model import Model

COUNTER_BITS = 8
TINY = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class PlainNetwork:
    """Weights of ±1 and thresholds.

    ``thresholds`` (features, B) float32: input bit ``feature * B + k`` is +1 where the feature, also float32, is at
    least threshold k. ``weights`` (K_l, K_{l-1}) int8 a layer, activations ``sign(W a)`` with ``sign(0) = +1``;
    ``classifier`` (C, K_L) int8, whose largest ``P a`` predicts, the first of equals. Raises `ConfigError` for
    shapes that do not follow each other, weights other than ±1 or thresholds that fall along B.
    """

    thresholds: NDArray[np.float32]
    weights: tuple[NDArray[np.int8], ...]
    classifier: NDArray[np.int8]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.thresholds.ndim != 2 or not (self.thresholds[:, 1:] >= self.thresholds[:, :-1]).all():
            raise ConfigError("thresholds: they must be (features, B) and never fall along B")
        if np.isnan(self.thresholds).any():
            raise ConfigError("thresholds: some are not a number")
        if not self.weights:
            raise ConfigError("weights: no hidden layer; there must be at least one in front of the classifier")
        width, below = self.thresholds.size, "the input's bits"
        for name, matrix in self.matrices:
            if matrix.ndim != 2 or matrix.shape[1] != width:
                raise ConfigError(f"{name}: shape {matrix.shape}; it must have {width} columns, {below}")
            if not np.isin(matrix, (-1, 1)).all():
                raise ConfigError(f"{name}: it holds other numbers than -1 and +1")
            width, below = len(matrix), f"the rows of {name}"
        if len(self.class_names) != len(self.classifier):
            raise ConfigError(f"class_names: {len(self.class_names)} for {len(self.classifier)} rows of the classifier")

    @property
    def matrices(self) -> tuple[tuple[str, NDArray[np.int8]], ...]:
        """Name and weights of every layer, the classifier last."""
        layers = ((f"weights{layer}", matrix) for layer, matrix in enumerate(self.weights, start=1))
        return *layers, ("classifier", self.classifier)

    @classmethod
    def of(cls, model: Model) -> Self:
        """The network that predicts in ``model``; `ConfigError` if it is no plain perceptron."""
        perceptron(model.network, "model")
        assert isinstance(model.binariser, Binariser)
        weights = tuple(np.where(q >= 0, 1, -1).astype(np.int8) for q in model.counters)
        return cls(single_precision(model.binariser), weights, model.classifiers[-1], model.class_names)

    def model(self, data: str) -> Model:
        """A model with these weights that learns on; ``data`` says where they come from.

        Nothing tells how sure the weights are: every counter is one step from turning.
        """
        hidden = tuple(len(matrix) for matrix in self.weights)
        network = Network(self.thresholds.size, hidden, len(self.classifier), COUNTER_BITS)
        return Model(
            network=network,
            training=Training(group_size=default_group_sizes(hidden)),
            binariser=Binariser("imported", self.thresholds.astype(np.float64), inclusive=True),
            class_names=self.class_names,
            data=data,
            epoch=0,
            validation_accuracy=None,
            counters=[np.where(matrix > 0, 0, -1).astype(np.int32) for matrix in self.weights],
            classifiers=[self.classifier],
        )


def single_precision(binariser: Binariser) -> NDArray[np.float32]:
    """Thresholds (features, B) that single-precision features are at least where the binariser's bits are +1.

    They are the smallest such numbers but for subnormal ones, which many processors take for 0.
    """
    exact = binariser.thresholds
    single = exact.astype(np.float32)
    low = single < exact if binariser.inclusive else single <= exact
    single = np.where(low, np.nextafter(single, np.float32(np.inf)), single)
    single = np.where((single > 0) & (single < TINY), TINY, single)
    return np.where((single < 0) & (single > -TINY), np.float32(0), single).astype(np.float32)


def numbered(classes: int) -> tuple[str, ...]:
    """Names of classes that have none."""
    return tuple(str(label) for label in range(classes))


def matrix_of_signs(name: str, values: Any) -> NDArray[np.int8]:
    """``values`` as int8; `ConfigError` if it holds other numbers than ±1."""
    array = np.asarray(values)
    if array.dtype.kind not in "iufb" or not np.isin(array, (-1, 1)).all():
        raise ConfigError(f"{name}: it holds other numbers than -1 and +1")
    return array.astype(np.int8)
