"""Backward pass of a layer: desired activations of the layer below, by popcount too."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits


@kernel
def backward_room(transposed, neurons):  # type: ignore[no-untyped-def]
    """What `backward_sample` counts in."""
    words, columns = transposed.shape
    return (
        np.empty(neurons, np.bool_),
        np.empty(neurons, np.bool_),
        np.empty(words, np.uint64),
        np.empty(words, np.uint64),
        np.empty(columns, np.uint64),
    )


@kernel
def backward_sample(z, target, gate, transposed, below, room):  # type: ignore[no-untyped-def]
    """Eq. 5 and 7 for one sample: ``below`` (K_{l-1},) int8 of ±1.

    ``z`` and ``target`` (K_l,) are this layer's, ``transposed`` (words of K_l, K_{l-1}) its weights, ``gate`` the
    integer threshold. With ``p`` gated neurons, ``d`` of which pull a column towards -1, its sum is ``p - 2d``.
    """
    near, positive, opened, wanted, against = room
    for j in range(len(z)):
        near[j] = abs(z[j]) <= gate
        positive[j] = target[j] > 0
    pack_bits(near, opened)
    pack_bits(positive, wanted)
    passing = np.uint64(0)
    against[:] = 0
    for word in range(len(transposed)):
        gated, signs, row = opened[word], wanted[word], transposed[word]
        passing += popcount(gated)
        for i in range(len(against)):
            against[i] += popcount(gated & (signs ^ row[i]))
    for i in range(len(against)):
        below[i] = 1 if np.uint64(2) * against[i] <= passing else -1


@kernel
def backward(z, target, gate, transposed, triggered, below):  # type: ignore[no-untyped-def]
    """The same for the ``triggered`` samples: ``below`` (n, K_{l-1}); other rows stay as they were."""
    room = backward_room(transposed, z.shape[1])
    for n in range(len(z)):
        if triggered[n]:
            backward_sample(z[n], target[n], gate, transposed, below[n], room)
