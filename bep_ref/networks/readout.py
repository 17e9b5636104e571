"""The read-out: integers that turn a network's last activations into a score for each class, and learn with it.

Each class has a row of saturating counters ``r_c`` (U,). Activations ``a`` (U,) of ±1 score ``s_c = <r_c, a>``:
counters are added or subtracted. The largest score predicts, the lowest index of equals. Where the right class y leads
its best rival v (the largest other score, the lowest index of equals) by no more than a margin,

    r_y += a,    r_v -= a,

each counter by one, saturating. Samples follow each other: each sees the counters that the one before left.

After every mini-batch ``sums += r``; an epoch begins with sums of 0. The sums are an average but for its scale. They
predict in the counters' place where the read-out is ``averaged``. B-bit counters and n mini-batches per epoch need sums
of B + ceil(log2 n) bits. Averaging: Freund and Schapire, Large margin classification using the perceptron algorithm,
1999.
"""

import numpy as np
from numpy.typing import ArrayLike

from bep_ref.config import ConfigError
from bep_ref.networks.rules import Ints


class Readout:
    """``counters`` (C, U) of ``bits`` bits, and ``sums`` (C, U) of them over the epoch's mini-batches."""

    def __init__(self, counters: ArrayLike, sums: ArrayLike, bits: int, averaged: bool = True) -> None:
        self.counters = np.array(counters, dtype=np.int32)
        self.sums = np.array(sums, dtype=np.int64)
        self.bits, self.averaged = bits, averaged
        if self.counters.ndim != 2 or self.counters.shape != self.sums.shape:
            raise ConfigError(f"readout: counters {self.counters.shape} and sums {self.sums.shape}; they must be alike")
        low, high = self.limits
        if self.counters.min() < low or self.counters.max() > high:
            raise ConfigError(
                f"readout: counters of {self.counters.min()} to {self.counters.max()}; they must be {low} to {high}"
            )

    @classmethod
    def untrained(cls, classes: int, width: int, bits: int, averaged: bool = True) -> "Readout":
        """All counters 0, for a last layer of ``width`` neurons."""
        return cls(np.zeros((classes, width)), np.zeros((classes, width)), bits, averaged)

    @property
    def limits(self) -> tuple[int, int]:
        """Smallest and largest counter."""
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1

    def copy(self) -> "Readout":
        return Readout(self.counters, self.sums, self.bits, self.averaged)

    def begin_epoch(self) -> None:
        """Average anew: counters from the time when features were worse count no longer."""
        self.sums[:] = 0

    def end_batch(self) -> None:
        """The mini-batch's share of the average."""
        self.sums += self.counters

    @property
    def predicting(self) -> Ints:
        """What predicts, (C, U): the sums or the counters."""
        return self.sums if self.averaged else self.counters

    def scores(self, a: Ints) -> Ints:
        """Scores (n, C) by which the read-out predicts, of activations ``a`` (n, U) of ±1."""
        return _scores(a, self.predicting)

    def predict(self, a: Ints) -> Ints:
        """Classes (n,) of activations ``a`` (n, U) of ±1."""
        return self.scores(a).argmax(axis=1)

    def judge(self, a: Ints, y: int) -> tuple[int, int, int]:
        """Of one sample ``a`` (U,) of class ``y``, by the counters: its prediction, its rival, and y's lead over it."""
        scores = _scores(a, self.counters)
        others = scores.copy()
        others[y] = np.iinfo(others.dtype).min
        rival = int(others.argmax())
        return int(scores.argmax()), rival, int(scores[y] - scores[rival])

    def move(self, a: Ints, y: int, rival: int) -> None:
        """One sample ``a`` (U,): class ``y`` steps towards it, its ``rival`` away from it."""
        self.counters[y] += a
        self.counters[rival] -= a
        self.counters.clip(*self.limits, out=self.counters)

    def learn(self, a: Ints, y: Ints) -> Ints:
        """One mini-batch ``a`` (n, U) of ±1 with classes ``y`` (n,), of margin 0; its predictions (n,) by counters.

        The prediction of each sample is made before its own step and after those of the samples before it.
        """
        predictions = np.empty(len(y), np.int64)
        for n, (row, right) in enumerate(zip(a, y, strict=True)):
            predictions[n], rival, lead = self.judge(row, right)
            if lead <= 0:
                self.move(row, right, rival)
        self.end_batch()
        return predictions


def _scores(a: Ints, rows: Ints) -> Ints:
    """Scores (..., C) of activations ``a`` (..., U) by ``rows`` (C, U); float64 is exact, far below 2**53."""
    return (a.astype(np.float64) @ rows.T.astype(np.float64)).astype(np.int64)
