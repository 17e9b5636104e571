"""Who is updated: in each group the wrong neuron closest to its threshold."""

import numpy as np

from bep_ref.packed.compiler import kernel


@kernel
def find_winners(z, target, triggered, group_size, chosen, events):  # type: ignore[no-untyped-def]
    """Sec. 3.3 for the ``triggered`` samples, with ``z`` and ``target`` (n, K_l); sums of ``z`` over time need int64.

    A neuron whose target is 0, none, wins nothing. Marks ``chosen`` (n, K_l) bool, all False before; lists winners as
    rows (sample, neuron) of ``events``, in order of samples, and returns how many there are.
    """
    samples, neurons = z.shape
    content = z.dtype.type(np.iinfo(z.dtype).max)
    # distance and neuron in one number: the least has the lowest index of equals; |z| <= 65536 and 8192 neurons fit
    distance = np.empty(neurons, z.dtype)
    count = 0
    for n in range(samples):
        if not triggered[n]:
            continue
        for j in range(neurons):
            wrong = target[n, j] < 0 if z[n, j] >= 0 else target[n, j] > 0
            distance[j] = abs(z[n, j]) << 13 | j if wrong else content
        for first in range(0, neurons, group_size):
            least = content
            for j in range(first, first + group_size):
                least = min(least, distance[j])
            if least == content:
                continue
            winner = least & 0x1FFF
            chosen[n, winner] = True
            events[count, 0] = n
            events[count, 1] = winner
            count += 1
    return count
