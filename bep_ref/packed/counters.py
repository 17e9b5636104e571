"""Counters of the winners move."""

import numpy as np

from bep_ref.packed.compiler import kernel
from bep_ref.packed.packing import unpack


@kernel
def move_row(row, a, upward, low, high):  # type: ignore[no-untyped-def]
    """One neuron's counters ``row`` (fan-in,) step by ``upward * a``, all ±1, within limits of the counters' type."""
    for i in range(len(row)):
        # comparisons instead of min and max: nothing here is wider than a counter
        up = (a[i] == upward) & (row[i] < high)
        down = (a[i] != upward) & (row[i] > low)
        row[i] += row.dtype.type(up) - row.dtype.type(down)


@kernel
def move_counters(q, events, target, packed, low, high, touched):  # type: ignore[no-untyped-def]
    """Eq. 8, 9 for ``events`` (sample, neuron) in their order: ``q[j] += target * activation``, saturating each time.

    ``q`` (K_l, K_{l-1}) with limits ``low`` and ``high`` of the same type; ``target`` (n, K_l) of ±1; ``packed``
    (n, words) the activations a_{l-1}. Rows that moved are marked in ``touched`` (K_l,).
    """
    a = np.empty(64 * packed.shape[1], np.int8)
    unpacked = -1
    for event in range(len(events)):
        n, j = events[event]
        touched[j] = True
        if n != unpacked:
            unpack(packed[n], a)
            unpacked = n
        move_row(q[j], a, target[n, j], low, high)


@kernel
def move_through_time(q, events, target, packed, lengths, low, high, touched):  # type: ignore[no-untyped-def]
    """The same over the ``lengths`` (n,) steps of each sample: ``target`` (n, T, K) and ``packed`` (n, T, words).

    A step in which the target is 0 moves nothing.
    """
    a = np.empty((packed.shape[1], 64 * packed.shape[2]), np.int8)
    unpacked = -1
    for event in range(len(events)):
        n, j = events[event]
        touched[j] = True
        if n != unpacked:
            for t in range(lengths[n]):
                unpack(packed[n, t], a[t])
            unpacked = n
        for t in range(lengths[n]):
            if target[n, t, j]:
                move_row(q[j], a[t], target[n, t, j], low, high)
