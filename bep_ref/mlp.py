"""Binary Error Propagation for multilayer perceptrons: the readable specification, in NumPy.

Bit conventions: activations, visible weights and error signals are ±1 (int8); ``sign(0) = +1``. A counter
``q`` stands for the odd hidden weight ``2q + 1``; its visible weight is +1 where ``q >= 0``.
Equation numbers are those of arXiv 2512.04189.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import ConfigError, Network, check_group_sizes, gate_threshold, margin_threshold
from bep_ref.reinforce import Xorshift32, hits, threshold_planes

Ints = NDArray[Any]


def sign(z: Ints) -> Ints:
    """±1 (int8) with ``sign(0) = +1``."""
    return np.where(z >= 0, 1, -1).astype(np.int8)


def matmul(a: Ints, b: Ints) -> Ints:
    """Exact integer product of ±1 (or 0) matrices, through float32 BLAS: sums stay far below 2**24."""
    return (a.astype(np.float32) @ b.astype(np.float32)).astype(np.int32)


@dataclass(frozen=True)
class Batch:
    """What one mini-batch did, sample by sample: the record a co-simulation compares.

    ``predictions`` (n,) classes; ``triggered`` (n,) bool; ``winners`` per layer (n, K_l) bool, the neurons
    whose counters moved; ``reinforced`` counters changed by reinforcement, over all layers.
    """

    predictions: Ints
    triggered: NDArray[np.bool_]
    winners: tuple[NDArray[np.bool_], ...]
    reinforced: int


class BinaryMlp:
    """A binary perceptron whose counters are trained by BEP.

    Parameters
    ----------
    counters : one (K_l, K_{l-1}) integer array a layer, within the counter's range.
    classifier : (C, K_L) of ±1, row c the prototype of class c.
    margin : r of Eq. 1, fraction of K_L.
    gate : nu of Eq. 7, fraction of the fan-in.
    group_size : γ per layer, each a divisor of the layer's width.
    counter_bits : width B of the saturating counters.
    seed : of the generator that picks reinforced counters, 1 to 2**32 - 1.
    walk_block : inputs whose counters are walked together when reinforced, row by row: what hardware holds in one
        column of its visible plane. It decides which random number meets which counter, nothing else.
    """

    def __init__(
        self,
        counters: Sequence[ArrayLike],
        classifier: ArrayLike,
        margin: float = 0.5,
        gate: float = 0.2,
        group_size: Sequence[int] = (),
        counter_bits: int = 8,
        seed: int = 1,
        walk_block: int = 8,
    ) -> None:
        self.counters = [np.array(q, dtype=np.int32) for q in counters]
        self.classifier = np.array(classifier, dtype=np.int8)
        for index, q in enumerate(self.counters, start=1):
            if q.ndim != 2:
                raise ConfigError(f"counters of layer {index}: shape {q.shape}; it must be (neurons, fan-in)")
        self.network = Network(
            inputs=self.counters[0].shape[1] if self.counters else 0,
            hidden=tuple(len(q) for q in self.counters),
            classes=len(self.classifier) if self.classifier.ndim == 2 else 0,
            counter_bits=counter_bits,
        )
        self.margin, self.gate = margin, gate
        self.group_size = list(group_size)
        check_group_sizes(tuple(group_size), self.network.hidden)
        self._check_shapes()
        self.generator = Xorshift32(seed)
        if walk_block < 1:
            raise ConfigError(f"walk_block: {walk_block} is out of range; it must be at least 1 input")
        self.walk_block = walk_block
        self._refresh()

    def _check_shapes(self) -> None:
        low, high = self.network.counter_range
        for index, (q, shape) in enumerate(zip(self.counters, self.network.shapes, strict=True), start=1):
            if q.shape != shape:
                raise ConfigError(f"counters of layer {index}: shape {q.shape}; it must be {shape}")
            if q.min() < low or q.max() > high:
                raise ConfigError(f"counters of layer {index}: {q.min()} to {q.max()}; they must be {low} to {high}")
        if self.classifier.shape[1] != self.network.hidden[-1]:
            width = self.network.hidden[-1]
            raise ConfigError(f"classifier: {self.classifier.shape[1]} columns; it must have the last layer's {width}")
        if not np.isin(self.classifier, (-1, 1)).all():
            raise ConfigError("classifier: it must hold only -1 and +1")

    def _check_samples(self, shape: tuple[int, ...], y: Ints) -> None:
        if shape[1:] != (self.network.inputs,) or y.shape != shape[:1]:
            raise ConfigError(
                f"samples: x has shape {shape} and y {y.shape}; they must be (n, {self.network.inputs}) and (n,)"
            )
        if len(y) and not 0 <= y.min() <= y.max() < self.network.classes:
            raise ConfigError(f"labels: {y.min()} to {y.max()}; they must be 0 to {self.network.classes - 1}")

    @property
    def weights(self) -> list[Ints]:
        """Visible weights, one (K_l, K_{l-1}) array of ±1 a layer; those of the last commit."""
        return self._weights

    def _refresh(self) -> None:
        """Visible weights from the counters: the hardware's commit."""
        self._weights = [sign(q) for q in self.counters]

    def load(self, x: Any) -> Any:
        """``x`` (n, K_0) of ±1 in the form that an engine reads fastest, for ``step`` and ``predict``.

        An index or slice takes samples out of the result, like those of an array.
        """
        return np.asarray(x, dtype=np.int8)

    def forward(self, x: Ints) -> tuple[list[Ints], list[Ints], Ints]:
        """Pre-activations z_l, activations a_0..a_L and logits (n, C) of samples ``x`` (n, K_0) of ±1."""
        activations, pre_activations = [np.asarray(x, dtype=np.int8)], []
        for weight in self.weights:
            pre_activations.append(matmul(activations[-1], weight.T))
            activations.append(sign(pre_activations[-1]))
        return pre_activations, activations, matmul(activations[-1], self.classifier.T)

    def predict(self, x: Ints) -> Ints:
        """Class of the largest logit, the lowest index on a tie; ``x`` (n, K_0) of ±1, result (n,)."""
        return self.forward(x)[2].argmax(axis=1)

    def triggers(self, logits: Ints, y: Ints) -> NDArray[np.bool_]:
        """Eq. 1: the lead of the right class over the best other one is below ``ceil(r * K_L)``."""
        everyone = np.arange(len(y))
        others = logits.copy()
        others[everyone, y] = np.iinfo(np.int32).min
        lead = logits[everyone, y] - others.max(axis=1)
        return lead < margin_threshold(self.margin, self.network.hidden[-1])

    def targets(self, pre_activations: list[Ints], y: Ints) -> list[Ints]:
        """Eq. 2, 5, 7: the desired activation a*_l of every layer, each (n, K_l) of ±1."""
        targets = [self.classifier[y]]
        for layer in range(len(self.weights) - 1, 0, -1):
            gate = np.abs(pre_activations[layer]) <= gate_threshold(self.gate, self.network.fan_in[layer])
            targets.insert(0, sign(matmul(gate * targets[0], self.weights[layer])))
        return targets

    def winners(self, z: Ints, target: Ints, group_size: int) -> NDArray[np.bool_]:
        """Sec. 3.3: in each group the wrong neuron of smallest ``|z|``, lowest index on a tie; (n, K_l) bool."""
        groups = (len(z), -1, group_size)
        stability = np.where(sign(z) == target, np.iinfo(np.int32).max, np.abs(z)).reshape(groups)
        best = stability.argmin(axis=2)[..., None]
        chosen = np.zeros(stability.shape, dtype=bool)
        np.put_along_axis(chosen, best, np.take_along_axis(stability, best, 2) < np.iinfo(np.int32).max, 2)
        return chosen.reshape(z.shape)

    def train_batch(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Ints:
        """Train on one mini-batch and return its predictions (n,), made before the update."""
        return self.step(x, y, reinforcement).predictions

    def step(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        """One mini-batch: every sample sees the same visible weights; counters move sample by sample.

        ``x`` (n, K_0) of ±1, ``y`` (n,) classes, ``reinforcement`` one probability a layer (none by default).
        """
        x, y = np.asarray(x), np.asarray(y)
        self._check_samples(x.shape, y)
        z, a, logits = self.forward(x)
        triggered = self.triggers(logits, y)
        targets = self.targets(z, y)
        chosen = tuple(
            self.winners(z[layer], targets[layer], size) & triggered[:, None]
            for layer, size in enumerate(self.group_size)
        )
        low, high = self.network.counter_range
        for layer, q in enumerate(self.counters):
            for sample in np.flatnonzero(chosen[layer].any(axis=1)):
                rows = np.flatnonzero(chosen[layer][sample])
                # Eq. 8, 9: saturating at every single increment, as a counter does
                step = np.outer(targets[layer][sample, rows], a[layer][sample])
                q[rows] = np.clip(q[rows] + step, low, high)
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        self._refresh()
        return Batch(logits.argmax(axis=1), triggered, chosen, reinforced)

    def _reinforce(self, probabilities: list[float]) -> int:
        """Push randomly picked counters one step away from zero, layer by layer."""
        low, high = self.network.counter_range
        count, block = 0, self.walk_block
        for q, p in zip(self.counters, probabilities, strict=True):
            neurons, fan_in = q.shape
            blocks = -(-fan_in // block)
            picked = hits(threshold_planes(p), blocks * neurons * block, self.generator)
            number, rows, lanes = np.unravel_index(np.fromiter(picked, dtype=np.int64), (blocks, neurons, block))
            columns = number * block + lanes
            inside = columns < fan_in  # the last block's padding is walked too
            rows, columns = rows[inside], columns[inside]
            q[rows, columns] = np.clip(q[rows, columns] + np.where(q[rows, columns] >= 0, 1, -1), low, high)
            count += rows.size
        return count
