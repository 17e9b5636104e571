"""Which units of a window network step."""

import numpy as np

from bep_ref.packed.compiler import kernel


@kernel
def next_state(state):  # type: ignore[no-untyped-def]
    """`Xorshift32` (uint32) one step further; its upper 16 bits are the word."""
    state = np.uint32(state ^ (state << np.uint32(13)))
    state = np.uint32(state ^ (state >> np.uint32(17)))
    return np.uint32(state ^ (state << np.uint32(5)))


@kernel
def select_by_draw(z, right, rival, gate, draw_bits, state, chosen):  # type: ignore[no-untyped-def]
    """Units that step by selection `draw`: their number, listed in ``chosen``, and the generator's new ``state``.

    ``z`` (U,) of one sample; ``right`` and ``rival`` (U,) are the read-out's counters of its two classes.
    """
    count, unread = 0, np.uint32(32 - draw_bits)
    for u in range(len(z)):
        if abs(z[u]) <= gate and right[u] != rival[u]:
            state = next_state(state)
            if np.int64(state >> unread) < abs(right[u] - rival[u]):
                chosen[count] = u
                count += 1
    return count, state


@kernel
def select_by_group(z, right, rival, gate, group_size, chosen):  # type: ignore[no-untyped-def]
    """The same by selection `group`, which needs no random numbers."""
    count = 0
    for first in range(0, len(z), group_size):
        largest = 0
        for u in range(first, min(first + group_size, len(z))):
            distance = abs(right[u] - rival[u])
            if abs(z[u]) <= gate and distance > largest:
                largest = distance
                chosen[count] = u
        count += largest > 0
    return count
