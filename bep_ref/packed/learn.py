"""What one layer does with the triggered samples of a mini-batch, from its target to its new weights."""

import numpy as np

from bep_ref.packed.backward import backward
from bep_ref.packed.compiler import kernel
from bep_ref.packed.counters import move_counters
from bep_ref.packed.visible import refresh, refresh_transposed
from bep_ref.packed.winners import find_winners


@kernel
def learn(z, target, triggered, packed, q, plane, transposed, group_size, gate, dead_zone, low, high):  # type: ignore[no-untyped-def]
    """Move the winners' counters ``q`` (K_l, K_{l-1}), then the weights ``plane`` and ``transposed`` after them.

    Returns the winners (n, K_l) bool, and the target of the layer below as its weights were before, (n, K_{l-1}). A
    layer on the inputs, or with local error signals, asks nobody: its ``transposed`` has no words, its second result no
    meaning.
    """
    samples, neurons = z.shape
    chosen = np.zeros((samples, neurons), np.bool_)
    events = np.empty((samples * (neurons // group_size), 2), np.int32)
    touched = np.zeros(neurons, np.bool_)
    below = np.empty((samples, transposed.shape[1]), np.int8)
    if len(transposed):
        backward(z, target, gate, dead_zone, transposed, triggered, below)
    count = find_winners(z, target, triggered, group_size, chosen, events)
    move_counters(q, events[:count], target, packed, low, high, touched)
    refresh(q, touched, plane)
    if len(transposed):
        refresh_transposed(q, touched, transposed)
    return chosen, below
