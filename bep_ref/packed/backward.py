"""Backward pass of a layer: desired activations of the layer below, by popcount too."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount
from bep_ref.packed.packing import pack_bits


def dead_zone_number(dead_zone: int | None) -> int:
    """``dead_zone`` as kernels take it: -1 for None, so that a sum of 0 is above it and becomes +1."""
    return -1 if dead_zone is None else dead_zone


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
def backward_sample(z, target, gate, dead_zone, transposed, below, room):  # type: ignore[no-untyped-def]
    """Eq. 5 and 7 for one sample: ``below`` (K_{l-1},) int8 of ±1, or 0 where there is no target.

    ``z`` and ``target`` (K_l,) are this layer's, ``transposed`` (words of K_l, K_{l-1}) its weights, ``gate`` the
    integer threshold, ``dead_zone`` as `dead_zone_number` has it. With ``p`` gated neurons that have a target, ``d`` of
    which pull a column towards -1, its sum is ``p - 2d``.
    """
    near, positive, opened, wanted, against = room
    for j in range(len(z)):
        near[j] = abs(z[j]) <= gate and target[j] != 0
        positive[j] = target[j] > 0
    pack_bits(near, opened)
    pack_bits(positive, wanted)
    passing = np.int64(0)
    against[:] = 0
    for word in range(len(transposed)):
        gated, signs, row = opened[word], wanted[word], transposed[word]
        passing += np.int64(popcount(gated))
        for i in range(len(against)):
            against[i] += popcount(gated & (signs ^ row[i]))
    for i in range(len(against)):
        total = passing - 2 * np.int64(against[i])
        below[i] = np.int8(total > dead_zone) - np.int8(total < -max(dead_zone, 0))


@kernel
def backward(z, target, gate, dead_zone, transposed, triggered, below):  # type: ignore[no-untyped-def]
    """The same for the ``triggered`` samples: ``below`` (n, K_{l-1}); other rows stay as they were."""
    room = backward_room(transposed, z.shape[1])
    for n in range(len(z)):
        if triggered[n]:
            backward_sample(z[n], target[n], gate, dead_zone, transposed, below[n], room)
