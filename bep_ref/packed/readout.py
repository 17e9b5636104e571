"""The read-out compiled: `Readout` once more, one sample after the other."""

import numpy as np

from bep_ref.packed.compiler import kernel
from bep_ref.packed.packing import unpack


@kernel
def score(a, rows, scores):  # type: ignore[no-untyped-def]
    """Scores (C,) of activations ``a`` (U,) of ±1 by ``rows`` (C, U); all of one type, wide enough for a score."""
    for c in range(len(rows)):
        row, total = rows[c], rows.dtype.type(0)
        for u in range(len(a)):
            total = rows.dtype.type(total + row[u] * a[u])
        scores[c] = total


@kernel
def judge(a, y, counters, scores):  # type: ignore[no-untyped-def]
    """Of one sample ``a`` (U,) of class ``y``: its prediction, its rival, and y's lead over it; ``scores`` is room."""
    score(a, counters, scores)
    best, rival = 0, -1
    for c in range(len(scores)):
        if scores[c] > scores[best]:
            best = c
        if c != y and (rival < 0 or scores[c] > scores[rival]):
            rival = c
    return best, rival, np.int64(scores[y]) - np.int64(scores[rival])


@kernel
def move_readout(a, y, rival, counters, low, high):  # type: ignore[no-untyped-def]
    """One sample ``a`` (U,): class ``y`` steps towards it, its ``rival`` away from it, within limits."""
    up, down = counters[y], counters[rival]
    for u in range(len(a)):
        up[u] = min(max(up[u] + a[u], low), high)
        down[u] = min(max(down[u] - a[u], low), high)


@kernel
def learn_readout(packed, y, counters, low, high, predictions):  # type: ignore[no-untyped-def]
    """A mini-batch of activations ``packed`` (n, words) with classes ``y`` moves ``counters`` (C, U) int32."""
    classes, width = counters.shape
    bits, a = np.empty(64 * packed.shape[1], np.int8), np.empty(width, np.int32)
    scores = np.empty(classes, np.int32)
    for n in range(len(packed)):
        unpack(packed[n], bits)
        a[:] = bits[:width]
        predictions[n], rival, lead = judge(a, y[n], counters, scores)
        if lead <= 0:
            move_readout(a, y[n], rival, counters, low, high)


@kernel
def score_readout(packed, rows, scores):  # type: ignore[no-untyped-def]
    """Scores (n, C) int64 of activations ``packed`` (n, words) by ``rows`` (C, U) int64."""
    width = rows.shape[1]
    bits, a = np.empty(64 * packed.shape[1], np.int8), np.empty(width, np.int64)
    for n in range(len(packed)):
        unpack(packed[n], bits)
        a[:] = bits[:width]
        score(a, rows, scores[n])
