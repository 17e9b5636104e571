"""The engine of recurrent networks: `BinaryRnn` with packed words and compiled kernels inside."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import check_group_sizes, gate_threshold, margin_threshold
from bep_ref.networks.rnn import BinaryRnn, within_sequence
from bep_ref.networks.rules import Batch, Ints, sign
from bep_ref.packed.backward import dead_zone_number
from bep_ref.packed.decide import decide
from bep_ref.packed.forward import propagate
from bep_ref.packed.learn import learn
from bep_ref.packed.packing import columns, words
from bep_ref.packed.reinforce import reinforce_all
from bep_ref.packed.sequences import PackedSequences
from bep_ref.packed.through_time import forward_through_time, held_neurons, learn_state


class PackedRnn(BinaryRnn):
    """The same network, to the bit; parameters are those of `BinaryRnn`.

    ``counters`` are int8 where ``counter_bits`` allows, else int16. ``forward`` and ``targets``, which say how a step
    is made, are the specification's own; ``scores`` and ``step`` do without them.
    """

    def __init__(self, counters: Mapping[str, ArrayLike], *args: Any, **options: Any) -> None:
        super().__init__(counters, *args, **options)
        narrow = np.int8 if self.network.counter_bits <= 8 else np.int16
        self.counters = {name: q.astype(narrow) for name, q in self.counters.items()}
        low, high = self.network.counter_range
        self._limits = narrow(low), narrow(high)
        xs, ss, sy = self.counters.values()
        # words of a plane run along what is summed over: forward the inputs, backward the neurons
        self._state = np.concatenate([columns(xs), columns(ss)])
        self._output = columns(sy)
        self._state_transposed, self._output_transposed = columns(ss.T), columns(sy.T)
        self._classifier = columns(self.classifier)
        self._held = held_neurons(self.network.state, self.network.clock)

    @property
    def weights(self) -> dict[str, Ints]:
        return {name: sign(q) for name, q in self.counters.items()}

    def _refresh(self) -> None:
        """Nothing: visible weights follow their counters row by row."""

    def load(self, x: Any) -> PackedSequences:
        if isinstance(x, PackedSequences):
            return x
        x = np.asarray(x)
        self._check_samples(x)
        return PackedSequences.of(x, within_sequence(x).sum(axis=1))

    def scores(self, x: Any) -> Ints:
        _, _, final = self._steps(self.load(x))
        _, s_y = propagate(final, self._output, self.network.state)
        return self._logits(s_y)

    def step(self, x: Any, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        samples, y = self.load(x), np.asarray(y)
        self._check_classes(samples.shape, y)
        check_group_sizes(tuple(self.group_size), self.network.widths)  # the kernels would not notice
        y = y.astype(np.int64, copy=False)
        z, heard, final = self._steps(samples)
        z_y, s_y = propagate(final, self._output, self.network.state)
        predictions, triggered = np.empty(len(y), np.int64), np.empty(len(y), np.bool_)
        decide(self._logits(s_y), y, margin_threshold(self.margin, self.network.output), predictions, triggered)
        gate, dead_zone = gate_threshold(self.gate, self.network.state), dead_zone_number(self.dead_zone)
        xs, ss, sy = self.counters.values()
        size, size_y = self.group_size
        chosen_y, last = learn(
            z_y,
            self.classifier[y],
            triggered,
            final,
            sy,
            self._output,
            self._output_transposed,
            size_y,
            gate,
            dead_zone,
            *self._limits,
        )
        chosen = learn_state(
            z,
            last,
            triggered,
            samples.lengths,
            heard,
            xs,
            ss,
            self._state,
            self._state_transposed,
            size,
            gate,
            dead_zone,
            self.network.clock,
            *self._limits,
        )
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and triggered.any() else 0
        return Batch(predictions, triggered, (chosen, chosen_y), reinforced)

    def _steps(self, samples: PackedSequences) -> tuple[Ints, NDArray[np.uint64], NDArray[np.uint64]]:
        """z_t (n, T, K_s), what the state hears in every step (`bep_ref.packed.through_time`), and s_T, packed."""
        n, steps, width = samples.words.shape
        state, network = words(self.network.state), self.network
        z = np.empty((n, steps, network.state), np.int32)
        heard, final = np.empty((n, steps + 1, width + state), np.uint64), np.empty((n, state), np.uint64)
        heard[:, :-1, :width] = samples.words
        heard[:, 0, width:] = columns(np.ones((1, network.state)))[:, 0]
        fan_in = network.inputs + network.state
        forward_through_time(samples.lengths, self._state, fan_in, self._held, z, heard, final)
        return z, heard, final

    def _logits(self, s_y: NDArray[np.uint64]) -> Ints:
        """Logits (n, C) from packed outputs."""
        return propagate(s_y, self._classifier, self.network.output)[0]

    def _reinforce(self, probabilities: list[float]) -> int:
        return reinforce_all(self.counters.values(), probabilities, self.walk_block, self._limits, self.generator)
