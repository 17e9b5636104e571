"""The visible weights, packed for both directions, follow their counters: the hardware's commit.

Reinforcement needs none of it: it never changes a sign.
"""

import numpy as np

from bep_ref.packed.compiler import kernel
from bep_ref.packed.packing import pack_bits


@kernel
def refresh(q, touched, plane):  # type: ignore[no-untyped-def]
    """Rows ``touched`` (K_l,) of counters ``q`` (K_l, K_{l-1}) into ``plane`` (words of K_{l-1}, K_l)."""
    neurons, fan_in = q.shape
    positive = np.empty(fan_in, np.bool_)
    packed = np.empty(len(plane), np.uint64)
    for j in range(neurons):
        if touched[j]:
            for i in range(fan_in):
                positive[i] = q[j, i] >= 0
            pack_bits(positive, packed)
            plane[:, j] = packed


@kernel
def refresh_transposed(q, touched, transposed):  # type: ignore[no-untyped-def]
    """Rows ``touched`` (K_l,) of counters ``q`` (K_l, K_{l-1}) into ``transposed`` (words of K_l, K_{l-1})."""
    neurons, fan_in = q.shape
    for j in range(neurons):
        if touched[j]:
            bit = np.uint64(1) << np.uint64(j % 64)
            row = transposed[j // 64]
            for i in range(fan_in):
                row[i] = row[i] | bit if q[j, i] >= 0 else row[i] & ~bit
