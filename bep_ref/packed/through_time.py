"""A recurrent state on packed words: its steps forward, its errors backward, and what it learns from both.

What the state hears in step t is one row of words: those of x_t, then those of s_{t-1}. ``heard`` (n, T + 1, words)
has the row of every step; the last state of a sequence of ``lengths`` (n,) steps stands in the row after its last.
"""

import numpy as np

from bep_ref.packed.backward import backward_room, backward_sample
from bep_ref.packed.compiler import kernel
from bep_ref.packed.counters import move_through_time
from bep_ref.packed.forward import forward_sample
from bep_ref.packed.visible import refresh, refresh_transposed
from bep_ref.packed.winners import find_winners


@kernel
def forward_through_time(lengths, plane, fan_in, z, heard, final):  # type: ignore[no-untyped-def]
    """Steps of every sample: ``z`` (n, T, K_s) int32, the states in ``heard``, and the last of them, ``final``.

    ``plane`` (words of K_x and of K_s, K_s) has the weights of xs, then those of ss; ``heard`` has every x_t and s_0;
    ``final`` is (n, words of K_s). Nothing after the end of a sequence is written.
    """
    neurons = plane.shape[1]
    first = heard.shape[2] - final.shape[1]  # of the words of a state
    differing = np.empty(neurons, np.uint64)
    positive = np.empty(neurons, np.bool_)
    for n in range(len(heard)):
        for t in range(lengths[n]):
            forward_sample(heard[n, t], plane, fan_in, z[n, t], heard[n, t + 1, first:], differing, positive)
        final[n] = heard[n, lengths[n], first:]


@kernel
def backward_through_time(z, last, gate, transposed, lengths, triggered, target, stability):  # type: ignore[no-untyped-def]
    """Desired states ``target`` (n, T, K_s) int8 of the ``triggered`` samples, and their summed ``stability``.

    ``last`` (n, K_s) is s*_T of each, ``transposed`` (words of K_s, K_s) the weights of ss; ``stability`` (n, K_s)
    int64, the sum of target times ``z`` over the steps, is 0 before. Nothing else is written.
    """
    neurons = z.shape[2]
    room = backward_room(transposed, neurons)
    for n in range(len(z)):
        if not triggered[n]:
            continue
        target[n, lengths[n] - 1] = last[n]
        for t in range(lengths[n] - 1, 0, -1):
            backward_sample(z[n, t], target[n, t], gate, transposed, target[n, t - 1], room)
        for t in range(lengths[n]):
            for j in range(neurons):
                stability[n, j] += np.int64(target[n, t, j]) * z[n, t, j]


@kernel
def learn_state(z, last, triggered, lengths, heard, xs, ss, plane, transposed, group_size, gate, low, high):  # type: ignore[no-untyped-def]
    """Move the winners' counters ``xs`` (K_s, K_x) and ``ss`` (K_s, K_s), then ``plane`` and ``transposed`` after them.

    Returns the winners (n, K_s) bool, those of the summed stability: the same in every step, for both matrices.
    """
    samples, steps, neurons = z.shape
    target = np.empty((samples, steps, neurons), np.int8)
    stability = np.zeros((samples, neurons), np.int64)
    backward_through_time(z, last, gate, transposed, lengths, triggered, target, stability)
    chosen = np.zeros((samples, neurons), np.bool_)
    events = np.empty((samples * (neurons // group_size), 2), np.int32)
    touched = np.zeros(neurons, np.bool_)
    wanted = np.ones((samples, neurons), np.int8)  # a stability of 0 or more is what is wanted
    won = events[: find_winners(stability, wanted, triggered, group_size, chosen, events)]
    first = len(plane) - len(transposed)
    move_through_time(xs, won, target, heard[:, :, :first], lengths, low, high, touched)
    move_through_time(ss, won, target, heard[:, :, first:], lengths, low, high, touched)
    refresh(xs, touched, plane[:first])
    refresh(ss, touched, plane[first:])
    refresh_transposed(ss, touched, transposed)
    return chosen
