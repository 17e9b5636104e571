"""Forward pass of a layer: XNOR and popcount."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits


@kernel
def forward(x, plane, fan_in, z, packed):  # type: ignore[no-untyped-def]
    """Pre-activations of samples ``x`` (n, words), through weights ``plane`` (words, K_l).

    Results: ``z`` (n, K_l) int32 and its signs ``packed`` (n, words). Neurons lie side by side in a plane, so that one
    vector instruction serves several of them and no sum runs across a vector.
    """
    samples, words = x.shape
    neurons = plane.shape[1]
    differing = np.empty(neurons, np.uint64)
    positive = np.empty(neurons, np.bool_)
    for n in range(samples):
        differing[:] = 0
        # four words a pass over the sums: they are read and written less often
        for word in range(0, words - 3, 4):
            x0, x1, x2, x3 = x[n, word], x[n, word + 1], x[n, word + 2], x[n, word + 3]
            w0, w1, w2, w3 = plane[word], plane[word + 1], plane[word + 2], plane[word + 3]
            for j in range(neurons):
                differing[j] += (
                    popcount(x0 ^ w0[j]) + popcount(x1 ^ w1[j]) + popcount(x2 ^ w2[j]) + popcount(x3 ^ w3[j])
                )
        for word in range(words - words % 4, words):
            x0, w0 = x[n, word], plane[word]
            for j in range(neurons):
                differing[j] += popcount(x0 ^ w0[j])
        for j in range(neurons):
            total = np.int32(fan_in) - np.int32(2) * np.int32(differing[j])
            z[n, j] = total
            positive[j] = total >= 0
        pack_bits(positive, packed[n])
