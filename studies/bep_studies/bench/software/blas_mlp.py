"""The same algorithm in NumPy, tuned: float32 BLAS matrix products, and no loop over samples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import gate_threshold
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rules import Batch, Ints

Floats = NDArray[np.float32]


class BlasMlp(BinaryMlp):
    """`BinaryMlp` to the bit, with weights kept as float32."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wide = np.int16 if self.network.counter_bits < 16 else np.int32  # a step past the limit must not wrap
        self.counters = [q.astype(wide) for q in self.counters]
        self._limits = [wide(limit) for limit in self.network.counter_range]
        self._floats = [_signs(q) for q in self.counters]
        self._rows = self.classifier.astype(np.float32)

    @property
    def weights(self) -> list[Ints]:
        return [w.astype(np.int8) for w in self._floats]

    def _propagate(self, x: Any) -> tuple[list[Floats], list[Floats], Floats]:
        z: list[Floats] = []
        a = [np.asarray(x, dtype=np.float32)]
        for weight in self._floats:
            z.append(a[-1] @ weight.T)
            a.append(_signs(z[-1]))
        return z, a, a[-1] @ self._rows.T

    def predict(self, x: Any) -> Ints:
        return self._propagate(x)[2].argmax(axis=1)

    def step(self, x: Any, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        z, a, logits = self._propagate(x)
        triggered = self.triggers(logits.astype(np.int32), y)
        learned = np.flatnonzero(triggered)
        target = self._rows[y[learned]]
        winners: list[NDArray[np.bool_]] = []
        for layer in reversed(range(len(z))):
            near = z[layer][learned]
            chosen = np.zeros(z[layer].shape, dtype=bool)
            chosen[learned] = self.winners(near, target, self.group_size[layer])
            winners.insert(0, chosen)
            rows = self._move(layer, chosen[learned], target, a[layer][learned])
            if layer:
                gate = np.abs(near) <= gate_threshold(self.gate, self.network.fan_in[layer])
                target = _signs((gate * target) @ self._floats[layer])
            self._floats[layer][rows] = _signs(self.counters[layer][rows])
        reinforced = self._reinforce(reinforcement) if reinforcement is not None and len(learned) else 0
        return Batch(logits.argmax(axis=1), triggered, tuple(winners), reinforced)

    def winners(self, z: Any, target: Any, group_size: int) -> NDArray[np.bool_]:
        """As the specification's, on floats: contented neurons are infinitely far from their threshold."""
        distance = np.abs(z)
        distance[(z >= 0) == (target > 0)] = np.inf
        distance = distance.reshape(len(z), z.shape[1] // group_size, group_size)
        best = distance.argmin(axis=2)[..., None]
        chosen = np.zeros(distance.shape, dtype=bool)
        np.put_along_axis(chosen, best, np.take_along_axis(distance, best, 2) < np.inf, 2)
        return chosen.reshape(z.shape)

    def _move(self, layer: int, chosen: NDArray[np.bool_], target: Floats, a: Floats) -> NDArray[np.intp]:
        """Move the counters of the winners ``chosen``; the rows that moved.

        Rows are independent of each other: the first winners of all rows move together, then the second ones...
        """
        q, (low, high) = self.counters[layer], self._limits
        samples, rows = np.nonzero(chosen)
        directions = target[samples, rows].astype(q.dtype)[:, None]
        activations = a.astype(q.dtype)
        by_row = rows.argsort(kind="stable")
        count = np.bincount(rows, minlength=len(q))
        first = count.cumsum() - count
        for turn in range(count.max()):
            event = by_row[first[count > turn] + turn]
            row = rows[event]
            q[row] = np.clip(q[row] + directions[event] * activations[samples[event]], low, high)
        return np.flatnonzero(count)


def _signs(values: NDArray[Any]) -> Floats:
    """±1 as float32, with ``sign(0) = +1``."""
    return (values >= 0) * np.float32(2) - np.float32(1)
