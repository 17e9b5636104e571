"""A recurrent state on packed words: its steps forward, its errors backward, and what it learns from both.

What the state hears in step t is one row of words: those of x_t, then those of s_{t-1}. ``heard`` (n, T + 1, words)
has the row of every step; the last state of a sequence of ``lengths`` (n,) steps stands in the row after its last.
"""

import numpy as np
from numpy.typing import NDArray

from bep_ref.packed.backward import backward_room, backward_sample
from bep_ref.packed.compiler import kernel
from bep_ref.packed.counters import move_through_time
from bep_ref.packed.forward import forward_sample
from bep_ref.packed.packing import pack
from bep_ref.packed.visible import refresh, refresh_transposed
from bep_ref.packed.winners import find_winners


def held_neurons(neurons: int, clock: int) -> NDArray[np.uint64]:
    """Bits of the neurons that are held in step t, in row t modulo ``clock``: (clock, words); no row if none is."""
    steps = np.arange(clock if clock > 1 else 0)[:, None]
    return pack(np.where(np.arange(neurons) % clock == steps, -1, 1))


@kernel
def forward_through_time(lengths, plane, fan_in, held, z, heard, final):  # type: ignore[no-untyped-def]
    """Steps of every sample: ``z`` (n, T, K_s) int32, the states in ``heard``, and the last of them, ``final``.

    ``plane`` (words of K_x and of K_s, K_s) has the weights of xs, then those of ss; ``held`` is from
    `held_neurons`; ``heard`` has every x_t and s_0; ``final`` is (n, words of K_s). Nothing after the end of a sequence
    is written; ``z`` of a held neuron has no meaning.
    """
    neurons = plane.shape[1]
    first = heard.shape[2] - final.shape[1]  # of the words of a state
    differing = np.empty(neurons, np.uint64)
    positive = np.empty(neurons, np.bool_)
    for n in range(len(heard)):
        for t in range(lengths[n]):
            forward_sample(heard[n, t], plane, fan_in, z[n, t], heard[n, t + 1, first:], differing, positive)
            if len(held):
                for word, keeps in enumerate(held[t % len(held)]):
                    before, after = heard[n, t, first + word], heard[n, t + 1, first + word]
                    heard[n, t + 1, first + word] = before & keeps | after & ~keeps
        final[n] = heard[n, lengths[n], first:]


@kernel
def backward_through_time(z, last, gate, dead_zone, clock, transposed, lengths, triggered, target, stability):  # type: ignore[no-untyped-def]
    """Desired states ``target`` (n, T, K_s) int8 of the ``triggered`` samples, and their summed ``stability``.

    A target is 0 where a neuron has none or is held: a held neuron hands its target on to the step before.
    ``last`` (n, K_s) is s*_T of each, ``transposed`` (words of K_s, K_s) the weights of ss; ``stability`` (n, K_s)
    int64, the sum of target times ``z`` over the steps, is 0 before. Nothing else is written.
    """
    neurons = z.shape[2]
    room = backward_room(transposed, neurons)
    desired, before = np.empty(neurons, np.int8), np.empty(neurons, np.int8)
    for n in range(len(z)):
        if not triggered[n]:
            continue
        desired[:] = last[n]
        for t in range(lengths[n] - 1, -1, -1):
            target[n, t] = 0
            for j in range(t % clock, neurons, clock):
                target[n, t, j] = desired[j]
                stability[n, j] += np.int64(desired[j]) * z[n, t, j]
            if t:
                backward_sample(z[n, t], target[n, t], gate, dead_zone, transposed, before, room)
                for j in range(t % clock, neurons, clock):
                    desired[j] = before[j]


@kernel
def learn_state(  # type: ignore[no-untyped-def]
    z, last, triggered, lengths, heard, xs, ss, plane, transposed, group_size, gate, dead_zone, clock, low, high
):
    """Move the winners' counters ``xs`` (K_s, K_x) and ``ss`` (K_s, K_s), then ``plane`` and ``transposed`` after them.

    Returns the winners (n, K_s) bool, those of the summed stability: the same in every step, for both matrices.
    """
    samples, steps, neurons = z.shape
    target = np.empty((samples, steps, neurons), np.int8)
    stability = np.zeros((samples, neurons), np.int64)
    backward_through_time(z, last, gate, dead_zone, clock, transposed, lengths, triggered, target, stability)
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
