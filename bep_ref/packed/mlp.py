"""The engine: `BinaryMlp` with packed words and compiled kernels inside."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import ConfigError, check_group_sizes, gate_threshold, margin_threshold
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rules import Batch, Ints, sign
from bep_ref.packed.backward import dead_zone_number
from bep_ref.packed.decide import decide
from bep_ref.packed.forward import propagate
from bep_ref.packed.learn import learn
from bep_ref.packed.packing import PackedSamples, columns
from bep_ref.packed.readout import learn_readout, score_readout
from bep_ref.packed.reinforce import reinforce_all


class PackedMlp(BinaryMlp):
    """The same network, to the bit; parameters are those of `BinaryMlp`.

    ``counters`` are int8 where ``counter_bits`` allows, else int16. The methods that say how a step is made
    (``forward``, ``targets`` and so on) are the specification's own; ``scores`` and ``step`` do without them.
    """

    def __init__(self, counters: Sequence[ArrayLike], *args: Any, **options: Any) -> None:
        super().__init__(counters, *args, **options)
        narrow = np.int8 if self.network.counter_bits <= 8 else np.int16
        self.counters = [q.astype(narrow) for q in self.counters]
        low, high = self.network.counter_range
        self._limits = narrow(low), narrow(high)
        layers = range(len(self.counters))
        backward = layers[1:] if self.rule.goes_back else ()
        # words of a plane run along what is summed over: forward the fan-in, backward the neurons
        self._planes = [columns(q) for q in self.counters]
        self._transposed = [columns(self.counters[layer][: None if layer in backward else 0].T) for layer in layers]
        classified = layers[-len(self.classifiers) :]  # the last layer, or all of them
        self._classifiers = dict(zip(classified, self.classifiers, strict=True))
        self._classifier_planes = {layer: columns(p) for layer, p in self._classifiers.items()}

    @property
    def weights(self) -> list[Ints]:
        return [sign(q) for q in self.counters]

    def _refresh(self) -> None:
        """Nothing: visible weights follow their counters row by row."""

    def load(self, x: Any) -> PackedSamples:
        if isinstance(x, PackedSamples):
            return x
        x = np.asarray(x)
        if x.shape[1:] != (self.network.inputs,):
            raise ConfigError(f"samples: x has shape {x.shape}; it must be (n, {self.network.inputs})")
        return PackedSamples.of(x)

    def scores(self, x: Any) -> Ints:
        _, activations = self._propagate(self.load(x))
        if self.head is None:
            return self._logits(len(self.counters) - 1, activations)
        scores = np.empty((len(activations[-1]), self.network.classes), np.int64)
        score_readout(activations[-1], self.head.predicting.astype(np.int64, copy=False), scores)
        return scores

    def step(self, x: Any, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        x, y = x if isinstance(x, PackedSamples) else np.asarray(x), np.asarray(y)
        self._check_samples(x.shape, y)
        check_group_sizes(tuple(self.group_size), self.network.hidden)  # the kernels would not notice
        samples, y = self.load(x), y.astype(np.int64, copy=False)
        z, activations = self._propagate(samples)
        verdicts = {layer: self._decide(layer, activations, y) for layer in self._classifiers}
        predictions, _ = verdicts[len(z) - 1]
        triggers = {layer: triggered & (not self.settled) for layer, (_, triggered) in verdicts.items()}
        winners = self._update(z, activations, y, triggers)
        triggered = np.any(list(triggers.values()), axis=0)
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        if self.head:
            learn_readout(activations[-1], y, self.head.counters, *map(np.int32, self.head.limits), predictions)
            self.head.sums += self.head.counters
        return Batch(predictions, triggered, winners, reinforced)

    def _propagate(self, samples: PackedSamples) -> tuple[list[Ints], list[Ints]]:
        """What the specification's ``forward`` returns but the logits: z_l and a_0..a_L, packed."""
        pre_activations, activations = [], [samples.words]
        for plane, fan_in in zip(self._planes, self.network.fan_in, strict=True):
            z, a = propagate(activations[-1], plane, fan_in)
            pre_activations.append(z)
            activations.append(a)
        return pre_activations, activations

    def _logits(self, layer: int, activations: list[Ints]) -> Ints:
        """Logits (n, C) of the classifier of ``layer``, from 0."""
        return propagate(activations[layer + 1], self._classifier_planes[layer], self.network.hidden[layer])[0]

    def _decide(self, layer: int, activations: list[Ints], y: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Predictions and triggers (n,) of the classifier of ``layer``."""
        predictions, triggered = np.empty(len(y), np.int64), np.empty(len(y), np.bool_)
        margin = margin_threshold(self.margin, self.network.hidden[layer])
        decide(self._logits(layer, activations), y, margin, predictions, triggered)
        return predictions, triggered

    def _update(
        self, z: list[Ints], activations: list[Ints], y: Ints, triggers: dict[int, NDArray[np.bool_]]
    ) -> tuple[NDArray[np.bool_], ...]:
        """Move the winners' counters from the last layer to the first; the winners.

        A layer with a classifier takes its target and its trigger from there, any other from the layer above.
        """
        winners: list[NDArray[np.bool_]] = []
        target = triggered = None
        for layer in reversed(range(len(z))):
            if layer in triggers:
                target, triggered = self._classifiers[layer][y], triggers[layer]
            chosen, target = learn(
                z[layer],
                target,
                triggered,
                activations[layer],
                self.counters[layer],
                self._planes[layer],
                self._transposed[layer],
                self.group_size[layer],
                gate_threshold(self.gate, self.network.fan_in[layer]),
                dead_zone_number(self.dead_zone),
                *self._limits,
            )
            winners.insert(0, chosen)
        return tuple(winners)

    def _reinforce(self, probabilities: list[float]) -> int:
        return reinforce_all(self.counters, probabilities, self.walk_block, self._limits, self.generator)
