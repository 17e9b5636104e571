"""Reinforcement: the walk of :mod:`bep_ref.reinforce` from hit to hit, with the same words in the same order."""

import numpy as np

from bep_ref.packed.compiler import kernel


@kernel
def reinforce(q, planes, digits, block, low, high, state):  # type: ignore[no-untyped-def]
    """Push the counters ``q`` (K_l, K_{l-1}) that the walk meets away from zero; ``(state, counters met)`` after it.

    ``planes`` (16,) int64 are those of :func:`bep_ref.reinforce.threshold_planes`, ``digits`` the binary digits of a
    gap, ``block`` the inputs walked together, ``state`` (uint32) the generator's before.
    """
    neurons, fan_in = q.shape
    synapses = -(-fan_in // block) * neurons * block
    x = state
    position, count = 0, 0
    while position < synapses:
        undecided, value = (1 << (1 + digits)) - 1, 0
        for plane in planes:
            x = np.uint32(x ^ (x << 13))
            x = np.uint32(x ^ (x >> 17))
            x = np.uint32(x ^ (x << 5))
            differ = (np.int64(x >> 16) ^ plane) & undecided
            value |= plane & differ
            undecided &= ~differ
            if undecided == 0:
                break
        if value & 1:
            position += 1 << digits
            continue
        position += value >> 1
        if position < synapses:
            number, inside = divmod(position, neurons * block)
            j, lane = divmod(inside, block)
            i = number * block + lane
            if i < fan_in:  # the last block's padding is walked too
                count += 1
                if q[j, i] >= 0:
                    if q[j, i] < high:
                        q[j, i] += 1
                elif q[j, i] > low:
                    q[j, i] -= 1
        position += 1
    return x, count
