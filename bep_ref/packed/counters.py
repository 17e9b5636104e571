"""Counters of the winners move."""

from bep_ref.packed.compiler import kernel


@kernel
def move_counters(q, events, target, activations, low, high, touched):  # type: ignore[no-untyped-def]
    """Eq. 8, 9 for ``events`` (sample, neuron) in their order: ``q[j] += target * activation``, saturating each time.

    ``q`` (K_l, K_{l-1}) with limits ``low`` and ``high`` of the same type; ``target`` (n, K_l) and ``activations``
    (n, K_{l-1}) of ±1. Rows that moved are marked in ``touched`` (K_l,).
    """
    for event in range(len(events)):
        n, j = events[event]
        upward = target[n, j]
        touched[j] = True
        row, a = q[j], activations[n]
        for i in range(len(row)):
            # comparisons instead of min and max: nothing here is wider than a counter
            up = (a[i] == upward) & (row[i] < high)
            down = (a[i] != upward) & (row[i] > low)
            row[i] += row.dtype.type(up) - row.dtype.type(down)
