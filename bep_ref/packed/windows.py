"""The engine of window networks: `BinaryWindows` with packed words and compiled kernels inside."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_ref.config import ConfigError, Geometry, gate_threshold, lead_threshold
from bep_ref.networks.rules import Batch, Ints, check_labels, sign
from bep_ref.networks.windows import BinaryWindows, check_shifts
from bep_ref.packed.images import PackedImages
from bep_ref.packed.learn_windows import learn_windows, score_windows
from bep_ref.packed.packing import columns


class PackedWindows(BinaryWindows):
    """The same network, to the bit; parameters are those of `BinaryWindows`.

    ``counters`` are int8 where ``counter_bits`` allows, else int16. The methods that say how a step is made
    (``windows``, ``match`` and so on) are the specification's own; ``scores`` and ``step`` do without them.
    """

    def __init__(self, counters: ArrayLike, readout: ArrayLike, geometry: Geometry, *args: Any, **options: Any) -> None:
        super().__init__(counters, readout, geometry, *args, **options)
        narrow = np.int8 if self.network.counter_bits <= 8 else np.int16
        self.counters = self.counters.astype(narrow)
        low, high = self.network.counter_range
        self._limits = narrow(low), narrow(high)
        regions = self.counters.reshape(-1, geometry.kernels, geometry.fan_in)
        self._planes = np.stack([columns(q) for q in regions])
        (_, across, bits), (height, width) = geometry.shape, geometry.window
        corners = np.array([(row, column * bits) for row, column in geometry.windows()])
        of_places = np.array([geometry.region(place) for place in range(geometry.place_count)])
        self._layout = corners, height, width * bits, bits, across * bits, of_places
        self._thresholds = np.array(self.network.thresholds, np.int32)

    @property
    def weights(self) -> Ints:
        return sign(self.counters)

    def _refresh(self) -> None:
        """Nothing: visible weights follow their counters row by row."""

    def load(self, x: Any) -> PackedImages:
        if isinstance(x, PackedImages):
            return x
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != self.network.inputs:
            raise ConfigError(f"samples: x has shape {x.shape}; it must be (n, {self.network.inputs})")
        return PackedImages.of(x, self.network.geometry.shape[0])

    def scores(self, x: Any, shifts: ArrayLike | None = None) -> Ints:
        samples = self.load(x)
        rows = self.head.predicting
        out = np.empty((len(samples), len(rows)), np.int64)
        moved = _shifts(shifts, len(samples))
        score_windows(samples.words, moved, self._layout, self._planes, self._thresholds, rows, out)
        return out

    def step(self, x: Any, y: Ints, reinforcement: list[float] | None = None, shifts: ArrayLike | None = None) -> Batch:
        samples, y = self.load(x), np.asarray(y)
        if y.shape != (len(samples),):
            raise ConfigError(f"samples: {len(samples)} samples and y of shape {y.shape}; y must be (n,)")
        check_labels(y, self.network.classes)
        rule = self.training
        predictions, triggered, stepped, state = learn_windows(
            samples.words,
            y.astype(np.int64, copy=False),
            _shifts(shifts, len(samples)),
            self._layout,
            self._planes,
            self._thresholds,
            self.counters,
            self._limits,
            self.head.counters,
            tuple(map(np.int32, self.network.readout_range)),
            (
                lead_threshold(rule.margin, self.network.units),
                gate_threshold(rule.gate, self.network.geometry.fan_in),
                rule.draw_bits if rule.selection == "draw" else 0,
                self.group_size[0],
                rule.readout_delay,
                self.settled,
            ),
            np.uint32(self.generator.state),
        )
        self.generator.state = int(state)
        self.head.end_batch()
        return Batch(predictions, triggered, (stepped,), 0)


def _shifts(shifts: ArrayLike | None, samples: int) -> NDArray[np.int64]:
    """``shifts`` (n, 2), none where there are none."""
    if shifts is None:
        return np.zeros((samples, 2), np.int64)
    return check_shifts(np.asarray(shifts, np.int64), samples)
