"""The engine: :class:`bep_ref.mlp.BinaryMlp` with packed words and compiled kernels inside."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import ConfigError, check_group_sizes, gate_threshold, margin_threshold
from bep_ref.mlp import BinaryMlp
from bep_ref.packed.decide import decide
from bep_ref.packed.forward import forward
from bep_ref.packed.learn import learn
from bep_ref.packed.packing import PackedSamples, pack, words
from bep_ref.packed.patches import cut_patches, forward_patches
from bep_ref.packed.readout import learn_readout, predict_readout
from bep_ref.packed.reinforce import reinforce
from bep_ref.reinforce import DIGITS, OFF, threshold_planes
from bep_ref.rules import Batch, Ints, sign


class PackedMlp(BinaryMlp):
    """The same network, to the bit; parameters are those of :class:`~bep_ref.mlp.BinaryMlp`.

    ``counters`` are int8 where ``counter_bits`` allows, else int16. The methods that say how a step is made
    (``forward``, ``targets`` and so on) are the specification's own; ``predict`` and ``step`` do without them.
    """

    def __init__(self, counters: Sequence[ArrayLike], classifier: ArrayLike, *args: Any, **options: Any) -> None:
        super().__init__(counters, classifier, *args, **options)
        narrow = np.int8 if self.network.counter_bits <= 8 else np.int16
        self.counters = [q.astype(narrow) for q in self.counters]
        self._limits = [narrow(limit) for limit in self.network.counter_range]
        # words of a plane run along what is summed over: forward the fan-in, backward the neurons
        self._planes = [_columns(q) for q in self.counters]
        self._transposed = [_columns(q.T if layer else q[:0].T) for layer, q in enumerate(self.counters)]
        self._classifier_plane = _columns(self.classifier)
        self._starts = self._first_bits()

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

    def predict(self, x: Any) -> Ints:
        _, activations, logits = self._propagate(self.load(x))
        if self.readout is None:
            return logits.argmax(axis=1)
        predictions = np.empty(len(logits), np.int64)
        predict_readout(activations[-1], self.readout.sums, predictions)
        return predictions

    def step(self, x: Any, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        x, y = x if isinstance(x, PackedSamples) else np.asarray(x), np.asarray(y)
        self._check_samples(x.shape, y)
        check_group_sizes(tuple(self.group_size), self.network.hidden)  # the kernels would not notice
        samples, y = self.load(x), y.astype(np.int64, copy=False)
        z, activations, logits = self._propagate(samples)
        predictions, triggered = np.empty(len(y), np.int64), np.empty(len(y), np.bool_)
        decide(logits, y, margin_threshold(self.margin, self.network.hidden[-1]), predictions, triggered)
        if self.settled:
            triggered[:] = False
        winners = self._update(z, activations, self.classifier[y], triggered)
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        if self.readout:
            learn_readout(activations[-1], y, self.readout.counters, *map(np.int32, self.readout.limits), predictions)
            self.readout.sums += self.readout.counters
        return Batch(predictions, triggered, winners, reinforced)

    def _first_bits(self) -> NDArray[np.int64]:
        """First input bit of each different patch, in the order in which the first layer's neurons see them."""
        patches = self.network.patches
        return patches.inputs(min(patches.count, self.network.hidden[0]))[:, 0] if patches else np.empty(0, np.int64)

    def _cut(self, samples: PackedSamples) -> NDArray[np.uint64]:
        """What the first layer sees: (n, words), or patches (n, words, patches)."""
        patches = self.network.patches
        if patches is None:
            return samples.words
        cut = np.empty((len(samples), words(patches.fan_in), len(self._starts)), np.uint64)
        line, piece = patches.columns * patches.bits, patches.side * patches.bits
        cut_patches(samples.words, self._starts, patches.side, line, piece, cut)
        return cut

    def _propagate(self, samples: PackedSamples) -> tuple[list[Ints], list[Ints], Ints]:
        """What the specification's ``forward`` returns: z_l, a_0..a_L and logits; activations packed, a_0 cut up."""
        pre_activations, activations = [], [self._cut(samples)]
        for plane, fan_in in zip(self._planes, self.network.fan_in, strict=True):
            z, a = _layer(activations[-1], plane, fan_in)
            pre_activations.append(z)
            activations.append(a)
        logits, _ = _layer(activations[-1], self._classifier_plane, self.network.hidden[-1])
        return pre_activations, activations, logits

    def _update(
        self, z: list[Ints], activations: list[Ints], target: Ints, triggered: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], ...]:
        """Move the winners' counters from the last layer to the first; the winners. ``target`` is the last layer's."""
        winners: list[NDArray[np.bool_]] = []
        for layer in reversed(range(len(z))):
            chosen, target = learn(
                z[layer],
                target,
                triggered,
                activations[layer] if activations[layer].ndim == 3 else activations[layer][:, :, None],
                self.counters[layer],
                self._planes[layer],
                self._transposed[layer],
                self.group_size[layer],
                gate_threshold(self.gate, self.network.fan_in[layer]),
                *self._limits,
            )
            winners.insert(0, chosen)
        return tuple(winners)

    def _reinforce(self, probabilities: list[float]) -> int:
        count = 0
        for q, p in zip(self.counters, probabilities, strict=True):
            planes = np.array(threshold_planes(p), np.uint32)
            if planes[0] != OFF:
                state, met = reinforce(
                    q, planes, DIGITS, self.walk_block, *self._limits, np.uint32(self.generator.state)
                )
                self.generator.state = int(state)
                count += int(met)
        return count


def _columns(rows: Ints) -> NDArray[np.uint64]:
    """(n, width) of ±1 or counters as a plane (words, n): rows lie side by side."""
    return np.ascontiguousarray(pack(rows).T)


def _layer(bits: NDArray[np.uint64], plane: NDArray[np.uint64], fan_in: int) -> tuple[Ints, NDArray[np.uint64]]:
    """Pre-activations (n, K_l) and packed activations (n, words)."""
    samples, neurons = len(bits), plane.shape[1]
    z, packed = np.empty((samples, neurons), np.int32), np.empty((samples, words(neurons)), np.uint64)
    if bits.ndim == 3:
        forward_patches(bits, plane, fan_in, z, packed)
    else:
        forward(bits, plane, fan_in, z, packed)
    return z, packed
