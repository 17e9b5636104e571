"""Reinforcement: the walk of `bep_ref.networks.reinforce` from hit to hit, with the same words in the same order."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.networks.reinforce import DIGITS, OFF, Xorshift32, threshold_planes
from bep_ref.packed.compiler import kernel


@kernel
def reinforce(q, planes, digits, block, low, high, state):  # type: ignore[no-untyped-def]
    """Push the counters ``q`` (K_l, K_{l-1}) that the walk meets away from zero; ``(state, counters met)`` after it.

    ``planes`` (16,) uint32 are those of `threshold_planes`, ``digits`` the binary digits of a
    gap, ``block`` the inputs walked together, ``state`` (uint32) the generator's before.
    """
    neurons, fan_in = q.shape
    walked = block * neurons  # counters of a block of inputs
    synapses = -(-fan_in // block) * walked
    everything = np.uint32((1 << (1 + digits)) - 1)
    x = state
    position = first = left = count = 0  # the block at hand begins at position `first` and with input `left`
    while position < synapses:
        undecided, value = everything, np.uint32(0)
        for plane in planes:
            x = np.uint32(x ^ (x << np.uint32(13)))
            x = np.uint32(x ^ (x >> np.uint32(17)))
            x = np.uint32(x ^ (x << np.uint32(5)))
            differ = np.uint32(((x >> np.uint32(16)) ^ plane) & undecided)
            value = np.uint32(value | (plane & differ))
            undecided = np.uint32(undecided & ~differ)
            if undecided == 0:
                break
        if value & np.uint32(1):
            position += 1 << digits
            continue
        position += int(value >> np.uint32(1))
        if position < synapses:
            while position >= first + walked:
                first += walked
                left += block
            j, lane = divmod(np.uint64(position - first), np.uint64(block))
            i = left + np.int64(lane)
            if i < fan_in:  # the last block's padding is walked too
                count += 1
                if q[j, i] >= 0:
                    q[j, i] += q[j, i] < high
                else:
                    q[j, i] -= q[j, i] > low
        position += 1
    return x, count


def reinforce_all(
    counters: Iterable[NDArray[Any]],
    probabilities: list[float],
    block: int,
    limits: tuple[Any, Any],
    generator: Xorshift32,
) -> int:
    """Walk every matrix of ``counters`` in order, with its probability; ``limits`` of their type; the counters met."""
    count = 0
    for q, p in zip(counters, probabilities, strict=True):
        planes = np.array(threshold_planes(p), np.uint32)
        if planes[0] != OFF:
            state, met = reinforce(q, planes, DIGITS, block, *limits, np.uint32(generator.state))
            generator.state = int(state)
            count += int(met)
    return count
