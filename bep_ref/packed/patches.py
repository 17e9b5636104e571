"""The first layer where each neuron sees a patch of the image."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits, words


@kernel
def cut_patches(x, starts, side, line, piece, out):  # type: ignore[no-untyped-def]
    """The patches of samples ``x`` (n, words), each as a row of bits: ``out`` (n, words of a patch, patches).

    A patch is ``side`` pieces of ``piece`` bits, ``line`` bits apart; ``starts`` (patches,) are their first bits.
    """
    for n in range(len(x)):
        for p in range(len(starts)):
            word, filled, bits = 0, 0, np.uint64(0)
            for number in range(side):
                position, left = starts[p] + number * line, piece
                while left:
                    # as many bits as are left here, in the word they come from, and in the word they go to
                    offset = position & 63
                    taken = min(left, 64 - offset, 64 - filled)
                    chunk = x[n, position >> 6] >> np.uint64(offset)
                    if taken < 64:
                        chunk &= (np.uint64(1) << np.uint64(taken)) - np.uint64(1)
                    bits |= chunk << np.uint64(filled)
                    filled += taken
                    position += taken
                    left -= taken
                    if filled == 64:
                        out[n, word, p] = bits
                        word, filled, bits = word + 1, 0, np.uint64(0)
            if filled:
                out[n, word, p] = bits


@kernel
def forward_patches(patches, plane, fan_in, z, packed):  # type: ignore[no-untyped-def]
    """Like `forward`, neuron j on the patch ``j`` modulo their number.

    ``patches`` (n, words, patches), ``plane`` (words, K_1).
    """
    samples, words, count = patches.shape
    neurons = plane.shape[1]
    differing = np.empty(neurons, np.uint64)
    positive = np.empty(neurons, np.bool_)
    for n in range(samples):
        differing[:] = 0
        for first in range(0, neurons, count):
            sums = differing[first : first + count]
            for word in range(words):
                seen, weights = patches[n, word], plane[word, first : first + count]
                for j in range(len(sums)):
                    sums[j] += popcount(seen[j] ^ weights[j])
        for j in range(neurons):
            total = np.int32(fan_in) - np.int32(2) * np.int32(differing[j])
            z[n, j] = total
            positive[j] = total >= 0
        pack_bits(positive, packed[n])


def propagate_patches(
    bits: NDArray[np.uint64], plane: NDArray[np.uint64], fan_in: int
) -> tuple[NDArray[Any], NDArray[np.uint64]]:
    """Pre-activations (n, K_1) and packed activations (n, words) of patches ``bits`` (n, words, patches)."""
    neurons = plane.shape[1]
    z, packed = np.empty((len(bits), neurons), np.int32), np.empty((len(bits), words(neurons)), np.uint64)
    forward_patches(bits, plane, fan_in, z, packed)
    return z, packed
