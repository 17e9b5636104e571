"""The read-out: an averaged perceptron of integers on the last layer's activations, trained beside BEP.

Each class has a row of saturating counters ``r_c`` (K_L,). A sample with activations a = a_L scores ``s_c = <r_c, a>``;
a is ±1, so a score is a sum of counters, added or subtracted. Where the right class y does not lead its best rival c'
(the largest other score, lowest index of equals), ``s_y <= s_c'``,

    r_y += a,    r_c' -= a,

each counter by one, saturating: the increments of BEP, without its groups. Samples of a mini-batch follow each other;
each sees the counters that the one before left. After every mini-batch ``sums += r``; an epoch begins with sums of 0.
The sums, an average but for its scale, predict: argmax_c <sums_c, a>, the lowest index of equals. B-bit counters and n
mini-batches an epoch need sums of B + ceil(log2 n) bits. Averaging: Freund and Schapire, Large margin
classification using the perceptron algorithm, 1999. BEP never sees the read-out: its trigger and its errors are those
of the fixed classifier.
"""

import numpy as np
from numpy.typing import ArrayLike

from bep_ref.config import ConfigError
from bep_ref.networks.rules import Ints


class Readout:
    """``counters`` (C, K_L) of ``bits`` bits, and ``sums`` (C, K_L) of them over the epoch's mini-batches."""

    def __init__(self, counters: ArrayLike, sums: ArrayLike, bits: int) -> None:
        self.counters = np.array(counters, dtype=np.int32)
        self.sums = np.array(sums, dtype=np.int64)
        self.bits = bits
        if self.counters.ndim != 2 or self.counters.shape != self.sums.shape:
            raise ConfigError(f"readout: counters {self.counters.shape} and sums {self.sums.shape}; they must be alike")
        low, high = self.limits
        if self.counters.min() < low or self.counters.max() > high:
            raise ConfigError(
                f"readout: counters of {self.counters.min()} to {self.counters.max()}; they must be {low} to {high}"
            )

    @classmethod
    def untrained(cls, classes: int, width: int, bits: int) -> "Readout":
        """All counters 0, for a last layer of ``width`` neurons."""
        return cls(np.zeros((classes, width)), np.zeros((classes, width)), bits)

    @property
    def limits(self) -> tuple[int, int]:
        """Smallest and largest counter."""
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1

    def copy(self) -> "Readout":
        return Readout(self.counters, self.sums, self.bits)

    def begin_epoch(self) -> None:
        """Average anew: what counters were while features were worse counts no longer."""
        self.sums[:] = 0

    def predict(self, a: Ints) -> Ints:
        """Classes (n,) of activations ``a`` (n, K_L) of ±1."""
        # float64 BLAS is exact here: scores stay far below 2**53
        return (a.astype(np.float64) @ self.sums.T.astype(np.float64)).argmax(axis=1)

    def learn(self, a: Ints, y: Ints) -> Ints:
        """One mini-batch ``a`` (n, K_L) of ±1 with classes ``y`` (n,): its predictions (n,) by counters, then sums.

        The prediction of each sample is made before its own update and after those of the samples before it.
        """
        predictions = np.empty(len(y), np.int64)
        for n, (row, right) in enumerate(zip(a.astype(np.int32), y, strict=True)):
            scores = self.counters @ row
            predictions[n] = scores.argmax()
            scores_of_others = scores.copy()
            scores_of_others[right] = np.iinfo(np.int32).min
            rival = scores_of_others.argmax()
            if scores[right] <= scores[rival]:
                self.counters[right] += row
                self.counters[rival] -= row
                self.counters.clip(*self.limits, out=self.counters)
        self.sums += self.counters
        return predictions
