"""The read-out on packed activations: `Readout` once more, one sample after the other."""

import numpy as np

from bep_ref.packed.compiler import kernel
from bep_ref.packed.packing import unpack


@kernel
def learn_readout(packed, y, counters, low, high, predictions):  # type: ignore[no-untyped-def]
    """A mini-batch of activations ``packed`` (n, words) with classes ``y`` moves ``counters`` (C, K_L) int32."""
    classes, width = counters.shape
    a = np.empty(64 * packed.shape[1], np.int8)
    scores = np.empty(classes, np.int32)
    for n in range(len(packed)):
        unpack(packed[n], a)
        best, rival, right = 0, -1, y[n]
        for c in range(classes):
            row, total = counters[c], np.int32(0)
            for j in range(width):
                total = np.int32(total + row[j] * np.int32(a[j]))
            scores[c] = total
            if total > scores[best]:
                best = c
            if c != right and (rival < 0 or total > scores[rival]):
                rival = c
        predictions[n] = best
        if scores[right] <= scores[rival]:
            up, down = counters[right], counters[rival]
            for j in range(width):
                up[j] = min(max(up[j] + np.int32(a[j]), low), high)
                down[j] = min(max(down[j] - np.int32(a[j]), low), high)


@kernel
def predict_readout(packed, sums, predictions):  # type: ignore[no-untyped-def]
    """Classes of activations ``packed`` (n, words) by ``sums`` (C, K_L) int64."""
    classes, width = sums.shape
    a = np.empty(64 * packed.shape[1], np.int8)
    for n in range(len(packed)):
        unpack(packed[n], a)
        highest = np.int64(0)
        for c in range(classes):
            row, total = sums[c], np.int64(0)
            for j in range(width):
                total += row[j] * np.int64(a[j])
            if c == 0 or total > highest:
                highest = total
                predictions[n] = c
