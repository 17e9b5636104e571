"""Backward pass of a layer: desired activations of the layer below, by popcount too."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits


@kernel
def backward(z, target, gate, transposed, triggered, below):  # type: ignore[no-untyped-def]
    """Eq. 5 and 7 for the ``triggered`` samples: ``below`` (n, K_{l-1}) int8 of ±1; other rows stay as they were.

    ``z`` and ``target`` (n, K_l) are this layer's, ``transposed`` (words of K_l, K_{l-1}) its weights, ``gate`` the
    integer threshold. With ``p`` gated neurons, ``d`` of which pull a column towards -1, its sum is ``p - 2d``.
    """
    samples, neurons = z.shape
    words, columns = transposed.shape
    near = np.empty(neurons, np.bool_)
    positive = np.empty(neurons, np.bool_)
    opened = np.empty(words, np.uint64)
    wanted = np.empty(words, np.uint64)
    against = np.empty(columns, np.uint64)
    for n in range(samples):
        if not triggered[n]:
            continue
        for j in range(neurons):
            near[j] = abs(z[n, j]) <= gate
            positive[j] = target[n, j] > 0
        pack_bits(near, opened)
        pack_bits(positive, wanted)
        passing = np.uint64(0)
        against[:] = 0
        for word in range(words):
            gated, signs = opened[word], wanted[word]
            passing += popcount(gated)
            for i in range(columns):
                against[i] += popcount(gated & (signs ^ transposed[word, i]))
        for i in range(columns):
            below[n, i] = 1 if np.uint64(2) * against[i] <= passing else -1
