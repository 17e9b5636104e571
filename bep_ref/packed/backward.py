"""Backward pass of a layer: desired activations of the layer below, by popcount too."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_signs


@kernel
def backward(z, target, gate, transposed, triggered, below):  # type: ignore[no-untyped-def]
    """Eq. 5 and 7 for the ``triggered`` samples: ``below`` (n, K_{l-1}) int8 of ±1; other rows stay as they were.

    ``z`` and ``target`` (n, K_l) are this layer's, ``transposed`` (words of K_l, K_{l-1}) its weights, ``gate`` the
    integer threshold. With ``p`` gated neurons, ``d`` of which pull a column towards -1, its sum is ``p - 2d``.
    """
    samples, neurons = z.shape
    words, columns = transposed.shape
    shut = np.full(64 * words, 128, np.uint8)
    negative = np.full(64 * words, 128, np.uint8)
    opened = np.empty(words, np.uint64)
    wanted = np.empty(words, np.uint64)
    against = np.empty(columns, np.uint64)
    for n in range(samples):
        if not triggered[n]:
            continue
        for j in range(neurons):
            shut[j] = 0 if abs(z[n, j]) <= gate else 128
            negative[j] = 0 if target[n, j] >= 0 else 128
        pack_signs(shut, opened)
        pack_signs(negative, wanted)
        passing = np.uint64(0)
        against[:] = 0
        for word in range(words):
            gated, signs = opened[word], wanted[word]
            passing += popcount(gated)
            for i in range(columns):
                against[i] += popcount(gated & (signs ^ transposed[word, i]))
        for i in range(columns):
            below[n, i] = 1 if np.uint64(2) * against[i] <= passing else -1
