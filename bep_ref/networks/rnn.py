"""Binary Error Propagation through time (BEP-TT) for many-to-one recurrent networks: the specification, in NumPy.

Bit conventions are those of `bep_ref.networks.rules`; the algorithm is that of arXiv 2512.04189, Sec. 3.5. The paper
leaves three things open, fixed here so that hardware can repeat every bit: the first state s_0 is all +1, gates compare
with ``nu * K_s``, and winners of the state are those of the time-summed stability. Two options are ours: a dead zone of
back-projected sums, in which a neuron has no target, and a clock, by which a neuron of the state moves only in every
``clock``-th step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import (
    BEP,
    ConfigError,
    RecurrentNetwork,
    Training,
    check_group_sizes,
    gate_threshold,
    margin_threshold,
)
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

MATRICES = ("xs", "ss", "sy")
"""Names of the matrices: inputs to state, state to state, state to output; always in this order."""
LAYERS = ("state", "output")
"""Names of the layers that choose winners; always in this order."""


@dataclass(frozen=True)
class Forward:
    """A forward pass over n samples of T steps.

    ``z`` (n, T, K_s) pre-activations of the state, 0 where the clock holds a neuron; ``states`` (n, T + 1, K_s), s_0 to
    s_T, where a sequence that has ended keeps its last state; ``z_y`` and ``s_y`` (n, K_y) of the output layer;
    ``logits`` (n, C).
    """

    z: Ints
    states: Ints
    z_y: Ints
    s_y: Ints
    logits: Ints


@dataclass(frozen=True)
class Decisions:
    """What is decided of n sequences while the weights rest, before any counter moves.

    ``triggered`` (n,) bool; desired ``states`` (n, T, K_s), as `BinaryRnn.targets` has them, and ``output`` (n, K_y);
    ``winners`` of state and output layer, (n, K) bool.
    """

    forward: Forward
    triggered: NDArray[np.bool_]
    states: Ints
    output: Ints
    winners: tuple[NDArray[np.bool_], NDArray[np.bool_]]


class BinaryRnn:
    """A binary recurrent network whose counters are trained by BEP-TT.

    A sample is (T, K_x) of ±1. In a batch of sequences of different lengths, the steps after the end of the
    shorter ones are all 0; such a step leaves the state as it is, and neither errors nor counters see it.

    Parameters
    ----------
    counters : ``xs`` (K_s, K_x), ``ss`` (K_s, K_s) and ``sy`` (K_y, K_s), integers within the counter's range.
    classifier : (C, K_y) of ±1, row c the prototype of class c.
    margin : r of Eq. 1, fraction of K_y.
    gate : nu of Eq. 7, fraction of K_s, for the errors of the output layer as for those of every step.
    group_size : γ of ``state`` and ``output``, each a divisor of the layer's width.
    counter_bits : width B of the saturating counters.
    seed : of the generator that picks reinforced counters, 1 to 2**32 - 1.
    walk_block : inputs whose counters are walked together when reinforced; see `BinaryMlp`.
    steps : most steps of a sequence.
    dead_zone : largest magnitude of a back-projected sum that is no error; None: sign(0) = +1, as in the paper.
    clock : h; neuron j of the state moves only in steps t, counted from 0, with t = j modulo h. 1: in every step.
    """

    def __init__(
        self,
        counters: Mapping[str, ArrayLike],
        classifier: ArrayLike,
        margin: float = 0.5,
        gate: float = 0.05,
        group_size: Mapping[str, int] | None = None,
        counter_bits: int = 8,
        seed: int = 1,
        walk_block: int = 8,
        steps: int = 65536,
        dead_zone: int | None = None,
        clock: int = 1,
    ) -> None:
        _check_names("counters", counters, MATRICES)
        _check_names("group_size", group_size or {}, LAYERS)
        self.counters = {name: np.array(counters[name], dtype=np.int32) for name in MATRICES}
        self.classifier = np.array(classifier, dtype=np.int8)
        self.classifiers = [self.classifier]
        for name, q in self.counters.items():
            if q.ndim != 2:
                raise ConfigError(f"counters of {name}: shape {q.shape}; it must be (neurons, inputs)")
        self.network = RecurrentNetwork(
            inputs=self.counters["xs"].shape[1],
            state=len(self.counters["ss"]),
            output=len(self.counters["sy"]),
            classes=len(self.classifier) if self.classifier.ndim == 2 else 0,
            counter_bits=counter_bits,
            steps=steps,
            clock=clock,
        )
        self.rule = BEP
        self.margin, self.gate, self.dead_zone = margin, gate, check_dead_zone(dead_zone)
        self.group_size = [(group_size or {})[name] for name in LAYERS]
        check_group_sizes(tuple(self.group_size), self.network.widths)
        for name, shape in zip(MATRICES, self.network.shapes, strict=True):
            check_counters(name, self.counters[name], shape, self.network.counter_range)
        check_classifier("classifier", self.classifier, self.network.output, "the output layer")
        self.generator = Xorshift32(seed)
        self.walk_block = check_walk_block(walk_block)
        self._refresh()

    @classmethod
    def of(
        cls,
        network: RecurrentNetwork,
        training: Training,
        counters: list[Ints],
        classifiers: list[Ints],
        generator_state: int,
        readout: object = None,
    ) -> Self:
        """A network from its parts, see `Engine`; it has no read-out."""
        return cls(
            counters=dict(zip(MATRICES, counters, strict=True)),
            classifier=classifiers[-1],
            margin=training.margin,
            gate=training.gate,
            group_size=dict(zip(LAYERS, training.group_size, strict=True)),
            counter_bits=network.counter_bits,
            seed=generator_state,
            steps=network.steps,
            dead_zone=training.dead_zone,
            clock=network.clock,
        )

    @property
    def weights(self) -> dict[str, Ints]:
        """Visible weights of ±1 of each matrix; those of the last commit."""
        return self._weights

    def _refresh(self) -> None:
        """Visible weights from the counters: the hardware's commit."""
        self._weights = {name: sign(q) for name, q in self.counters.items()}

    @property
    def matrices(self) -> list[Ints]:
        """The counters, in the order of ``network.shapes``."""
        return list(self.counters.values())

    def load(self, x: Any) -> Any:
        """``x`` (n, T, K_x) of ±1 in the form that an engine reads fastest, for ``step`` and ``predict``.

        An index or slice takes samples out of the result, like those of an array.
        """
        return np.asarray(x, dtype=np.int8)

    def _check_samples(self, x: Ints) -> None:
        inputs, steps = self.network.inputs, self.network.steps
        if x.ndim != 3 or x.shape[2] != inputs:
            raise ConfigError(f"samples: x has shape {x.shape}; it must be (n, steps, {inputs})")
        if not 1 <= x.shape[1] <= steps:
            raise ConfigError(f"samples: {x.shape[1]} steps is out of range; the network holds 1 to {steps}")
        present = within_sequence(x)
        if not present[:, 0].all() or (present[:, 1:] > present[:, :-1]).any():
            raise ConfigError(
                "samples: a step of zeros before the end of its sequence; only steps after the end may be 0"
            )

    def _check_classes(self, shape: tuple[int, ...], y: Ints) -> None:
        if y.shape != shape[:1]:
            raise ConfigError(f"samples: x has shape {shape} and y {y.shape}; y must be (n,)")
        check_labels(y, self.network.classes)

    def forward(self, x: Ints) -> Forward:
        """States, output layer and logits of samples ``x`` (n, T, K_x) of ±1, zeros after the end."""
        x = np.asarray(x, dtype=np.int8)
        self._check_samples(x)
        moves = self.moves(x)
        z = matmul(x, self.weights["xs"].T)
        states = np.ones((len(x), x.shape[1] + 1, self.network.state), dtype=np.int8)
        for t in range(x.shape[1]):
            z[:, t] += matmul(states[:, t], self.weights["ss"].T)
            states[:, t + 1] = np.where(moves[:, t], sign(z[:, t]), states[:, t])
        z *= moves
        z_y = matmul(states[:, -1], self.weights["sy"].T)
        s_y = sign(z_y)
        return Forward(z, states, z_y, s_y, matmul(s_y, self.classifier.T))

    def scores(self, x: Ints) -> Ints:
        """Logits (n, C), by which the network predicts; ``x`` (n, T, K_x) of ±1."""
        return self.forward(x).logits

    def predict(self, x: Ints) -> Ints:
        """Class of the largest score, the lowest index on a tie; ``x`` (n, T, K_x) of ±1, result (n,)."""
        return self.scores(x).argmax(axis=1)

    def moves(self, x: Ints) -> NDArray[np.bool_]:
        """Whether a neuron moves in a step, (n, T, K_s): within its sequence, and when the clock lets it."""
        clock = self.network.clock
        beat = np.arange(x.shape[1])[:, None] % clock == np.arange(self.network.state) % clock
        return within_sequence(x)[:, :, None] & beat

    def passes(self, z: Ints) -> NDArray[np.bool_]:
        """Whether an error passes the neurons of pre-activations ``z``, state or output, at any step."""
        return np.abs(z) <= gate_threshold(self.gate, self.network.state)

    def targets(self, x: Ints, forward: Forward, y: Ints) -> tuple[Ints, Ints]:
        """Desired states s*_t (n, T, K_s) and desired output s*_y (n, K_y) of ±1.

        A state of 0 is no target: the neuron is held, its back-projected sum is within the dead zone, or the sequence
        has ended. A held neuron hands its target on to the step before, whatever that target is.
        """
        moves = self.moves(x)
        output = self.classifier[y]
        state = np.zeros_like(forward.z, dtype=np.int8)
        desired = wanted(matmul(self.passes(forward.z_y) * output, self.weights["sy"]), self.dead_zone)
        for t in reversed(range(x.shape[1])):
            state[:, t] = desired * moves[:, t]
            errors = self.passes(forward.z[:, t]) * state[:, t]
            before = wanted(matmul(errors, self.weights["ss"]), self.dead_zone)
            desired = np.where(moves[:, t], before, desired)
        return state, output

    def train_batch(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Ints:
        """Train on one mini-batch and return its predictions (n,), made before the update."""
        return self.step(x, y, reinforcement).predictions

    def step(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        """One mini-batch: every sample sees the same visible weights.

        Counters move sample by sample, within a sample from its first step to its last, saturating at every single
        increment. A sample's winners are the same in all of its steps, and for the rows of xs and ss alike.

        ``x`` (n, T, K_x) of ±1, zeros after the end; ``y`` (n,) classes; ``reinforcement`` the probabilities of xs,
        ss and sy (none by default), which are walked in this order.
        """
        inputs = self.load(x)
        decided = self.decide(inputs, y)
        states, triggered = decided.forward.states, decided.triggered
        for sample in np.flatnonzero(triggered):
            targets = decided.states[sample], decided.output[sample]
            self._move(inputs[sample], states[sample], *targets, *(won[sample] for won in decided.winners))
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        self._refresh()
        return Batch(decided.forward.logits.argmax(axis=1), triggered, decided.winners, reinforced)

    def decide(self, x: Ints, y: Ints) -> Decisions:
        """Forward, trigger, backward and winners of ``x`` (n, T, K_x) of ±1, zeros after the end, and ``y`` (n,)."""
        x, y = np.asarray(x), np.asarray(y)
        self._check_classes(x.shape, y)
        forward = self.forward(x)
        triggered = lead_below(forward.logits, y, margin_threshold(self.margin, self.network.output))
        state, output = self.targets(x, forward, y)
        stability = (state * forward.z).sum(axis=1)
        size_s, size_y = self.group_size
        chosen = (
            winners(stability < 0, np.abs(stability), size_s) & triggered[:, None],
            winners(forward.s_y != output, np.abs(forward.z_y), size_y) & triggered[:, None],
        )
        return Decisions(forward, triggered, state, output, chosen)

    def _move(
        self, x: Ints, states: Ints, state: Ints, output: Ints, won: NDArray[np.bool_], won_y: NDArray[np.bool_]
    ) -> None:
        """Step the counters of one sample's winners."""
        limits = self.network.counter_range
        rows = np.flatnonzero(won)
        for inputs, before, target in zip(x, states, state, strict=False):  # states end with one more, s_T
            move(self.counters["xs"], rows, target, inputs, limits)
            move(self.counters["ss"], rows, target, before, limits)
        move(self.counters["sy"], np.flatnonzero(won_y), output, states[-1], limits)

    def _reinforce(self, probabilities: list[float]) -> int:
        """Push randomly picked counters one step away from zero, matrix by matrix."""
        return sum(
            reinforce(q, p, self.network.counter_range, self.walk_block, self.generator)
            for q, p in zip(self.counters.values(), probabilities, strict=True)
        )


def within_sequence(x: Ints) -> NDArray[np.bool_]:
    """Steps (n, T) within their sequence: those that are not all 0."""
    return np.any(x, axis=2)


def _check_names(what: str, given: Mapping[str, object], names: tuple[str, ...]) -> None:
    if set(given) != set(names):
        raise ConfigError(f"{what}: {', '.join(map(str, given)) or 'none'} given; they must be {', '.join(names)}")
