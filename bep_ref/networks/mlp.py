"""Binary Error Propagation for multilayer perceptrons, and local error signals: the readable specification, in NumPy.

Bit conventions are those of `bep_ref.networks.rules`; equation numbers those of arXiv 2512.04189. ``rule="local"`` is
the rule of arXiv 2412.00119: every layer has a classifier and a trigger of its own, and nothing passes backward.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import (
    ConfigError,
    Network,
    Training,
    check_group_sizes,
    gate_threshold,
    margin_threshold,
    rule_named,
)
from bep_ref.networks.readout import Readout
from bep_ref.networks.reinforce import Xorshift32, reinforce
from bep_ref.networks.rules import (
    Batch,
    Ints,
    check_classifier,
    check_counters,
    check_dead_zone,
    check_labels,
    check_walk_block,
    lead_below,
    matmul,
    move,
    sign,
    wanted,
    winners,
)


@dataclass(frozen=True)
class Decisions:
    """What is decided of n samples while the weights rest, before any counter moves.

    ``z`` (n, K_l) pre-activations a layer, ``a`` activations a_0 to a_L, ``logits`` (n, C); and what follows for every
    layer: ``triggers`` (n,) bool, ``targets`` (n, K_l) desired activations of ±1 (0: no target), ``winners`` (n, K_l)
    bool.
    """

    z: list[Ints]
    a: list[Ints]
    logits: Ints
    triggers: list[NDArray[np.bool_]]
    targets: list[Ints]
    winners: tuple[NDArray[np.bool_], ...]


class BinaryMlp:
    """A binary perceptron whose counters are trained by BEP or by local error signals.

    Parameters
    ----------
    counters : one (K_l, K_{l-1}) integer array a layer, within the counter's range.
    classifier : (C, K_L) of ±1, row c the prototype of class c. May be left out where ``classifiers`` are given.
    margin : r of Eq. 1, fraction of the width of the layer classified.
    gate : nu of Eq. 7, fraction of the fan-in. Local error signals pass no gate.
    group_size : γ per layer, each a divisor of the layer's width.
    counter_bits : width B of the saturating counters.
    seed : of the generator that picks reinforced counters, 1 to 2**32 - 1.
    walk_block : inputs whose counters are walked together when reinforced, row by row: what hardware holds in one
        column of its visible plane. It decides which random number meets which counter, nothing else.
    rule : where desired activations come from: ``bep``, or ``local``.
    classifiers : of rule ``local``, one (C, K_l) a layer; the last one predicts.
    readout : what predicts in the classifier's place, and learns with the network.
    dead_zone : largest magnitude of a back-projected sum that is no error; None: sign(0) = +1, as in the paper.
    """

    def __init__(
        self,
        counters: Sequence[ArrayLike],
        classifier: ArrayLike | None = None,
        margin: float = 0.5,
        gate: float = 0.2,
        group_size: Sequence[int] = (),
        counter_bits: int = 8,
        seed: int = 1,
        walk_block: int = 8,
        rule: str = "bep",
        classifiers: Sequence[ArrayLike] = (),
        readout: Readout | None = None,
        dead_zone: int | None = None,
    ) -> None:
        self.counters = [np.array(q, dtype=np.int32) for q in counters]
        self.rule = rule_named(rule)
        self.classifiers = self._given_classifiers(classifier, classifiers)
        self.classifier = self.classifiers[-1]
        for index, q in enumerate(self.counters, start=1):
            if q.ndim != 2:
                raise ConfigError(f"counters of layer {index}: shape {q.shape}; it must be (neurons, fan-in)")
        inputs = self.counters[0].shape[1] if self.counters else 0
        self.network = Network(
            inputs=inputs,
            hidden=tuple(len(q) for q in self.counters),
            classes=len(self.classifier) if self.classifier.ndim == 2 else 0,
            counter_bits=counter_bits,
            readout=readout.bits if readout else 0,
        )
        self.head = readout
        self.settled = False  # whether counters rest, and only the read-out learns
        self.margin, self.gate, self.dead_zone = margin, gate, check_dead_zone(dead_zone)
        self.group_size = list(group_size)
        check_group_sizes(tuple(group_size), self.network.hidden)
        self._check_shapes()
        self.generator = Xorshift32(seed)
        self.walk_block = check_walk_block(walk_block)
        self._refresh()

    @classmethod
    def of(
        cls,
        network: Network,
        training: Training,
        counters: list[Ints],
        classifiers: list[Ints],
        generator_state: int,
        readout: Readout | None = None,
    ) -> Self:
        """A network from its parts, see `Engine`."""
        return cls(
            counters,
            margin=training.margin,
            gate=training.gate,
            group_size=training.group_size,
            counter_bits=network.counter_bits,
            seed=generator_state,
            rule=training.rule,
            classifiers=classifiers,
            readout=readout,
            dead_zone=training.dead_zone,
        )

    def _given_classifiers(self, classifier: ArrayLike | None, classifiers: Sequence[ArrayLike]) -> list[Ints]:
        """The classifiers, last layer's last: one for BEP, one a layer for local error signals."""
        given = [np.array(p, dtype=np.int8) for p in classifiers]
        if not given and classifier is not None:
            given = [np.array(classifier, dtype=np.int8)]
        elif classifier is not None and not np.array_equal(given[-1], classifier):
            raise ConfigError("classifier: it differs from the last of classifiers; give one of them")
        wanted = len(self.rule.classified(len(self.counters)))
        if len(given) != wanted or not given:
            raise ConfigError(f"classifiers: {len(given)} given; rule {self.rule.name} needs {wanted}")
        return given

    def _check_shapes(self) -> None:
        for index, (q, shape) in enumerate(zip(self.counters, self.network.shapes, strict=True), start=1):
            check_counters(f"layer {index}", q, shape, self.network.counter_range)
        check_classifier("classifier", self.classifier, self.network.hidden[-1], "the last layer")
        for index, p in enumerate(self.classifiers[:-1], start=1):
            check_classifier(f"classifier of layer {index}", p, self.network.hidden[index - 1], "the layer")
            if len(p) != self.network.classes:
                raise ConfigError(f"classifier of layer {index}: {len(p)} rows; the last has {self.network.classes}")
        read = (self.network.classes, self.network.hidden[-1])
        if self.head and self.head.counters.shape != read:
            raise ConfigError(f"readout: counters of shape {self.head.counters.shape}; it must be {read}")

    def _check_samples(self, shape: tuple[int, ...], y: Ints) -> None:
        if shape[1:] != (self.network.inputs,) or y.shape != shape[:1]:
            raise ConfigError(
                f"samples: x has shape {shape} and y {y.shape}; they must be (n, {self.network.inputs}) and (n,)"
            )
        check_labels(y, self.network.classes)

    @property
    def weights(self) -> list[Ints]:
        """Visible weights, one (K_l, K_{l-1}) array of ±1 a layer; those of the last commit."""
        return self._weights

    def _refresh(self) -> None:
        """Visible weights from the counters: the hardware's commit."""
        self._weights = [sign(q) for q in self.counters]

    @property
    def matrices(self) -> list[Ints]:
        """The counters, in the order of ``network.shapes``."""
        return self.counters

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

    def scores(self, x: Ints) -> Ints:
        """Scores (n, C) by which the network predicts: logits, or those of the read-out; ``x`` (n, K_0) of ±1."""
        _, a, logits = self.forward(x)
        return self.head.scores(a[-1]) if self.head else logits

    def predict(self, x: Ints) -> Ints:
        """Class of the largest score, the lowest index on a tie; ``x`` (n, K_0) of ±1, result (n,)."""
        return self.scores(x).argmax(axis=1)

    def triggers(self, logits: Ints, y: Ints) -> NDArray[np.bool_]:
        """Eq. 1: the lead of the right class over the best other one is below ``ceil(r * K_L)``."""
        return lead_below(logits, y, margin_threshold(self.margin, self.network.hidden[-1]))

    def passes(self, layer: int, z: Ints) -> NDArray[np.bool_]:
        """Eq. 7: whether an error passes the neurons of ``layer``, (n, K_l) of pre-activations ``z`` (n, K_l)."""
        return np.abs(z) <= gate_threshold(self.gate, self.network.fan_in[layer])

    def targets(self, pre_activations: list[Ints], y: Ints) -> list[Ints]:
        """Eq. 2, 5, 7: the desired activation a*_l of every layer, each (n, K_l) of ±1, 0 where there is no target."""
        targets = [self.classifier[y]]
        for layer in range(len(self.weights) - 1, 0, -1):
            gate = self.passes(layer, pre_activations[layer])
            targets.insert(0, wanted(matmul(gate * targets[0], self.weights[layer]), self.dead_zone))
        return targets

    def local_triggers(self, activations: list[Ints], y: Ints) -> list[NDArray[np.bool_]]:
        """Each layer's own trigger on ``P_l a_l``, (n,) bool a layer; ``activations`` a_0..a_L."""
        return [
            lead_below(matmul(a, p.T), y, margin_threshold(self.margin, width))
            for a, p, width in zip(activations[1:], self.classifiers, self.network.hidden, strict=True)
        ]

    def winners(self, z: Ints, target: Ints, group_size: int) -> NDArray[np.bool_]:
        """Sec. 3.3: in each group the wrong neuron of smallest ``|z|``, lowest index on a tie; (n, K_l) bool."""
        return winners(sign(z) * target < 0, np.abs(z), group_size)

    def train_batch(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Ints:
        """Train on one mini-batch and return its predictions (n,), made before the update."""
        return self.step(x, y, reinforcement).predictions

    def step(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        """One mini-batch: every sample sees the same visible weights; counters move sample by sample.

        ``x`` (n, K_0) of ±1, ``y`` (n,) classes, ``reinforcement`` one probability a layer (none by default).
        """
        decided = self.decide(x, y)
        for layer, q in enumerate(self.counters):
            chosen = decided.winners[layer]
            for sample in np.flatnonzero(chosen.any(axis=1)):
                rows = np.flatnonzero(chosen[sample])
                target, below = decided.targets[layer][sample], decided.a[layer][sample]
                move(q, rows, target, below, self.network.counter_range)
        triggered: NDArray[np.bool_] = np.any(decided.triggers, axis=0)
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        self._refresh()
        readout, logits = self.head, decided.logits
        predictions = readout.learn(decided.a[-1], np.asarray(y)) if readout else logits.argmax(axis=1)
        return Batch(predictions, triggered, decided.winners, reinforced)

    def decide(self, x: Ints, y: Ints) -> Decisions:
        """Forward, triggers, backward and winners of samples ``x`` (n, K_0) of ±1 and ``y`` (n,) classes."""
        x, y = np.asarray(x), np.asarray(y)
        self._check_samples(x.shape, y)
        z, a, logits = self.forward(x)
        if self.rule.every_layer:
            triggers, targets = self.local_triggers(a, y), [p[y] for p in self.classifiers]
        else:
            triggers, targets = [self.triggers(logits, y)] * len(z), self.targets(z, y)
        if self.settled:
            triggers = [np.zeros(len(y), bool)] * len(z)
        chosen = tuple(
            self.winners(z[layer], targets[layer], size) & triggers[layer][:, None]
            for layer, size in enumerate(self.group_size)
        )
        return Decisions(z, a, logits, triggers, targets, chosen)

    def _reinforce(self, probabilities: list[float]) -> int:
        """Push randomly picked counters one step away from zero, layer by layer."""
        return sum(
            reinforce(q, p, self.network.counter_range, self.walk_block, self.generator)
            for q, p in zip(self.counters, probabilities, strict=True)
        )
