"""Windows with a learned read-out: the readable specification, in NumPy. The rule is ours, not one of the papers'.

Binary kernels look through small windows of the input, and a read-out of integers (`bep_ref.networks.readout`) learns
their units. Its counters are the only target that a kernel has: a unit that speaks for the right class more than for
its rival is told to match its window better, one that speaks against it to match it worse. Nothing passes backward,
there are no prototypes and no reinforcement.

A sample passes in three steps.

1. *Match.* Kernel k of a place agrees with a window in p bits of K. Of the windows pooled in its place, the best match
   counts, the first of equals.
2. *Units.* Each offset t of kernel and place is a unit u with ``z_u = 2p - K - theta_t``; ``a_u`` is +1 where
   ``z_u >= 0``, else -1.
3. *Scores.* The read-out scores the classes; the best one predicts.

A sample of class y learns where y leads its rival v by at most ``floor(margin * U)``, U units, also when it is right.
All of the following use the read-out as it was for the scores:

1. ``d_u = r_yu - r_vu``. A unit is a candidate if ``|z_u| <= floor(gate * K)`` and ``d_u != 0``, right or wrong.
2. *draw*: for each candidate, in the order of units, the generator's next word is drawn; the candidate steps if the
   word's upper ``draw_bits`` are below ``|d_u|``. *group*: of every ``group_size`` units in a row, the candidate of
   largest ``|d_u|`` steps, the first of equals; the last group may be shorter.
3. A step is ``q_k += sign(d_u) * window``, the window that matched best; counters move at once, saturating.
4. The read-out steps: ``r_y += a``, ``r_v -= a``.

Visible weights ``W = sign(q)`` follow when the mini-batch ends. While the network is ``settled``, no kernel steps and
no word is drawn; the read-out goes on.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from bep_ref.config import ConfigError, Geometry, WindowNetwork, WindowTraining, gate_threshold, lead_threshold
from bep_ref.networks.readout import Readout
from bep_ref.networks.reinforce import Xorshift32
from bep_ref.networks.rules import Batch, Ints, check_counters, check_labels, matmul, sign


class BinaryWindows:
    """Kernels that look through windows, trained by the errors of a read-out.

    Samples ``x`` are (n, R * C * b) of ±1, row by row, as `Geometry` has them.

    Parameters
    ----------
    counters : (kernels in all, K) integers within the counter's range.
    readout : (C, U) integers within the read-out's range.
    geometry : where kernels look.
    offsets : o_t, thresholds of a match as fractions of K; ``theta_t = floor(o_t * K)``.
    gate : fraction of K; only units with ``|z| <= floor(gate * K)`` step.
    margin : fraction of U; a sample learns while its lead is at most ``floor(margin * U)``.
    selection : ``draw`` or ``group``, see above.
    draw_bits : of a random word, 1 to 16: a candidate steps with probability ``min(1, |d| / 2**draw_bits)``.
    group_size : units of a group.
    counter_bits, readout_bits : widths of the saturating counters.
    seed : of the generator of random words (`Xorshift32`), 1 to 2**32 - 1.
    sums : those of the read-out over the epoch's mini-batches so far, (C, U); none = 0.
    averaged : whether the read-out predicts by its sums.
    readout_delay : 1 = a read-out step lands after the next sample of the mini-batch has been judged and its kernels
        have stepped, as in hardware with two samples in flight; the last one lands when the mini-batch ends.
    """

    def __init__(
        self,
        counters: ArrayLike,
        readout: ArrayLike,
        geometry: Geometry,
        offsets: Sequence[float] = (0.2,),
        gate: float = 0.1,
        margin: float = 4.0,
        selection: str = "draw",
        draw_bits: int = 5,
        group_size: int = 5,
        counter_bits: int = 8,
        readout_bits: int = 10,
        seed: int = 1,
        sums: ArrayLike | None = None,
        averaged: bool = False,
        readout_delay: int = 0,
    ) -> None:
        self.counters = np.array(counters, dtype=np.int32)
        given = np.array(readout, dtype=np.int32)
        self.network = WindowNetwork(
            geometry=geometry,
            classes=len(given),
            offsets=tuple(offsets),
            counter_bits=counter_bits,
            readout=readout_bits,
        )
        check_counters("kernels", self.counters, self.network.shapes[0], self.network.counter_range)
        check_counters("readout", given, (len(given), self.network.units), self.network.readout_range)
        self.training = WindowTraining(
            margin=margin,
            gate=gate,
            selection=selection,
            draw_bits=draw_bits,
            group_size=(group_size,),
            readout_delay=readout_delay,
            sums=averaged,
        )
        self.group_size = [group_size]
        self.head = Readout(given, np.zeros_like(given) if sums is None else sums, readout_bits, averaged)
        self.settled = False  # whether kernels rest, and only the read-out learns
        self.walk_block = 1  # no reinforcement walks the counters
        self.generator = Xorshift32(seed)
        self._seen = _bits_of_windows(geometry)
        self._refresh()

    @classmethod
    def of(
        cls,
        network: WindowNetwork,
        training: WindowTraining,
        counters: list[Ints],
        classifiers: list[Ints],
        generator_state: int,
        readout: Readout | None = None,
    ) -> Self:
        """A network from its parts, see `Engine`; without a ``readout``, one of zeros."""
        head = readout or Readout.untrained(network.classes, network.units, network.readout)
        (kernels,) = counters
        return cls(
            kernels,
            head.counters,
            network.geometry,
            offsets=network.offsets,
            gate=training.gate,
            margin=training.margin,
            selection=training.selection,
            draw_bits=training.draw_bits,
            group_size=training.group_size[0],
            counter_bits=network.counter_bits,
            readout_bits=network.readout,
            seed=generator_state,
            sums=head.sums,
            averaged=training.sums,
            readout_delay=training.readout_delay,
        )

    @property
    def matrices(self) -> list[Ints]:
        """The kernels' counters, in the order of ``network.shapes``."""
        return [self.counters]

    @property
    def classifiers(self) -> list[Ints]:
        """None: the read-out predicts."""
        return []

    @property
    def readout(self) -> Ints:
        """Counters of the read-out, (C, U)."""
        return self.head.counters

    @property
    def weights(self) -> Ints:
        """Visible weights of ±1, (kernels in all, K); those of the last commit."""
        return self._weights

    def _refresh(self) -> None:
        """Visible weights from the counters: the hardware's commit."""
        self._weights = sign(self.counters)

    def _place_of(self, unit: int) -> int:
        return unit // (len(self.network.offsets) * self.network.geometry.kernels)

    def _kernel_of(self, unit: int) -> int:
        """Row of the counters of the kernel that ``unit`` belongs to."""
        geometry = self.network.geometry
        return geometry.region(self._place_of(unit)) * geometry.kernels + unit % geometry.kernels

    def load(self, x: Any) -> Any:
        """``x`` (n, R * C * b) of ±1 in the form that an engine reads fastest, for ``step`` and ``predict``.

        An index or slice takes samples out of the result, like those of an array.
        """
        return np.asarray(x, dtype=np.int8)

    def match(self, windows: Ints) -> tuple[Ints, Ints]:
        """Best match of every kernel in every place, and which of the pooled windows gave it: both (n, places, m).

        ``windows`` (n, places, pooled, K) of ±1. A match is ``2p - K``.
        """
        geometry = self.network.geometry
        matches = np.empty((*windows.shape[:3], geometry.kernels), np.int32)
        for place in range(geometry.place_count):
            first = geometry.region(place) * geometry.kernels
            matches[:, place] = matmul(windows[:, place], self.weights[first : first + geometry.kernels].T)
        return matches.max(axis=2), matches.argmax(axis=2)

    def units(self, match: Ints) -> Ints:
        """``z`` (n, U) of the best matches (n, places, m)."""
        thresholds = np.array(self.network.thresholds)
        return (match[:, :, None] - thresholds[:, None]).reshape(len(match), self.network.units)

    def scores(self, x: Ints, shifts: ArrayLike | None = None) -> Ints:
        """Scores (n, C) of samples ``x`` by which the network predicts; ``shifts`` as in `windows`."""
        match, _ = self.match(self.windows(x, shifts))
        return self.head.scores(sign(self.units(match)))

    def predict(self, x: Ints) -> Ints:
        """Class of the largest score, the lowest index on a tie; ``x`` (n, R * C * b) of ±1, result (n,)."""
        return self.scores(x).argmax(axis=1)

    def windows(self, x: Ints, shifts: ArrayLike | None = None) -> Ints:
        """All windows of samples ``x``: (n, places, pooled, K).

        ``shifts`` (n, 2): a position (r, c) of sample n is read at (r + shifts[n, 0], c + shifts[n, 1]); positions
        outside the input are -1.
        """
        geometry = self.network.geometry
        x = np.asarray(x, dtype=np.int8)
        if x.ndim != 2 or x.shape[1] != geometry.inputs:
            raise ConfigError(f"samples: x has shape {x.shape}; it must be (n, {geometry.inputs})")
        if shifts is not None:
            x = shifted(x.reshape(-1, *geometry.shape), np.asarray(shifts)).reshape(x.shape)
        return x[:, self._seen].reshape(len(x), geometry.place_count, geometry.pooled, geometry.fan_in)

    def train_batch(self, x: Ints, y: Ints, shifts: ArrayLike | None = None) -> Ints:
        """Train on one mini-batch and return its predictions (n,), each made before the sample's own step."""
        return self.step(x, y, shifts=shifts).predictions

    def step(
        self, x: Ints, y: Ints, reinforcement: list[float] | None = None, shifts: ArrayLike | None = None
    ) -> Batch:
        """One mini-batch: every sample sees the same visible weights, and the read-out that the one before left.

        ``x`` (n, R * C * b) of ±1, ``y`` (n,) classes, ``shifts`` as in `windows`; ``reinforcement`` is ignored, there
        is none. ``winners`` of the result are the units that stepped, (n, U).
        """
        y = np.asarray(y)
        windows = self.windows(x, shifts)
        if y.shape != (len(windows),):
            raise ConfigError(f"samples: {len(windows)} samples and y of shape {y.shape}; y must be (n,)")
        check_labels(y, self.network.classes)
        match, which = self.match(windows)
        z = self.units(match)
        a = sign(z)
        predictions, triggered, stepped = np.empty(len(y), np.int64), np.zeros(len(y), bool), np.zeros(z.shape, bool)
        most = lead_threshold(self.training.margin, self.network.units)
        late: list[tuple[Ints, int, int]] = []  # the read-out step of the sample before, where steps are delayed
        for n, right in enumerate(y):
            predictions[n], rival, lead = self.head.judge(a[n], right)
            triggered[n] = lead <= most
            if triggered[n]:
                d = self.readout[right] - self.readout[rival]
                for unit in [] if self.settled else self.chosen(z[n], d):
                    place, kernel = self._place_of(unit), unit % self.network.geometry.kernels
                    self._move(unit, d[unit], windows[n, place, which[n, place, kernel]])
                    stepped[n, unit] = True
            due = [(a[n], int(right), rival)] if triggered[n] else []
            if self.training.readout_delay:
                due, late = late, due
            for step in due:
                self.head.move(*step)
        for step in late:
            self.head.move(*step)
        self.head.end_batch()
        self._refresh()
        return Batch(predictions, triggered, (stepped,), 0)

    def chosen(self, z: Ints, d: Ints) -> list[int]:
        """Units that step, in order, of one sample with ``z`` (U,) and differences ``d`` (U,) of its two classes."""
        near = np.abs(z) <= gate_threshold(self.training.gate, self.network.geometry.fan_in)
        candidates = np.flatnonzero(near & (d != 0))
        if self.training.selection == "draw":
            unread = 16 - self.training.draw_bits
            return [int(unit) for unit in candidates if self.generator.word() >> unread < abs(d[unit])]
        best: dict[int, int] = {}  # of each group
        for unit in candidates:
            group = int(unit) // self.group_size[0]
            if abs(d[unit]) > abs(d[best.setdefault(group, int(unit))]):
                best[group] = int(unit)
        return list(best.values())

    def _move(self, unit: int, d: int, window: Ints) -> None:
        """Step the counters of the kernel of ``unit`` towards the ``window`` (K,) if ``d`` > 0, else away from it."""
        row = self.counters[self._kernel_of(unit)]
        row[:] = np.clip(row + np.sign(d) * window, *self.network.counter_range)


def shifted(x: Ints, shifts: Ints) -> Ints:
    """Samples ``x`` (n, R, C, b) read ``shifts`` (n, 2) positions further down and right, -1 outside the input."""
    check_shifts(shifts, len(x))
    reach = int(np.abs(shifts).max(initial=0))
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)), constant_values=-1)
    rows, columns = x.shape[1:3]
    return np.stack(
        [
            sample[reach + down : reach + down + rows, reach + right : reach + right + columns]
            for sample, (down, right) in zip(padded, shifts, strict=True)
        ]
    )


def check_shifts(shifts: Ints, samples: int) -> Ints:
    """``shifts``; `ConfigError` unless there is one of two numbers for each sample."""
    if shifts.shape != (samples, 2):
        raise ConfigError(f"shifts: shape {shifts.shape}; it must be {(samples, 2)}")
    return shifts


def _bits_of_windows(geometry: Geometry) -> Ints:
    """Input bit behind each bit of every window: (windows, K)."""
    bits = np.arange(geometry.inputs).reshape(geometry.shape)
    height, width = geometry.window
    return np.stack([bits[row : row + height, column : column + width].ravel() for row, column in geometry.windows()])
