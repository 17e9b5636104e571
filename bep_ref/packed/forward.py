"""Forward pass of a layer: XNOR and popcount."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits, words


@kernel
def forward_sample(x, plane, fan_in, z, packed, differing, positive):  # type: ignore[no-untyped-def]
    """One sample ``x`` (words,) through weights ``plane`` (words, K_l): ``z`` (K_l,) int32, its signs ``packed``.

    ``differing`` (K_l,) uint64 and ``positive`` (K_l,) bool are room to count in. Neurons lie side by side in a plane,
    so that one vector instruction serves several of them and no sum runs across a vector.
    """
    words, neurons = plane.shape
    differing[:] = 0
    # four words a pass over the sums: they are read and written less often
    for word in range(0, words - 3, 4):
        x0, x1, x2, x3 = x[word], x[word + 1], x[word + 2], x[word + 3]
        w0, w1, w2, w3 = plane[word], plane[word + 1], plane[word + 2], plane[word + 3]
        for j in range(neurons):
            differing[j] += popcount(x0 ^ w0[j]) + popcount(x1 ^ w1[j]) + popcount(x2 ^ w2[j]) + popcount(x3 ^ w3[j])
    for word in range(words - words % 4, words):
        x0, w0 = x[word], plane[word]
        for j in range(neurons):
            differing[j] += popcount(x0 ^ w0[j])
    for j in range(neurons):
        total = np.int32(fan_in) - np.int32(2) * np.int32(differing[j])
        z[j] = total
        positive[j] = total >= 0
    pack_bits(positive, packed)


@kernel
def forward(x, plane, fan_in, z, packed):  # type: ignore[no-untyped-def]
    """The same of samples ``x`` (n, words): ``z`` (n, K_l) and ``packed`` (n, words)."""
    neurons = plane.shape[1]
    differing = np.empty(neurons, np.uint64)
    positive = np.empty(neurons, np.bool_)
    for n in range(len(x)):
        forward_sample(x[n], plane, fan_in, z[n], packed[n], differing, positive)


def propagate(
    bits: NDArray[np.uint64], plane: NDArray[np.uint64], fan_in: int
) -> tuple[NDArray[Any], NDArray[np.uint64]]:
    """Pre-activations (n, K_l) and packed activations (n, words) of samples ``bits`` (n, words)."""
    neurons = plane.shape[1]
    z, packed = np.empty((len(bits), neurons), np.int32), np.empty((len(bits), words(neurons)), np.uint64)
    forward(bits, plane, fan_in, z, packed)
    return z, packed
