"""One mini-batch of a window network, and its predictions."""

import numpy as np

from bep_ref.packed.compiler import kernel
from bep_ref.packed.counters import move_row
from bep_ref.packed.cut import cut_windows, move_sample
from bep_ref.packed.match import best_matches, units_of
from bep_ref.packed.packing import unpack
from bep_ref.packed.readout import judge, move_readout, score
from bep_ref.packed.select import select_by_draw, select_by_group
from bep_ref.packed.visible import refresh


@kernel
def look(sample, shift, layout, planes, thresholds, room):  # type: ignore[no-untyped-def]
    """From one ``sample`` (R, words) to its units, in the `room_for` it.

    ``layout`` is (corners of the windows, rows of a window, bits of a row of it, bits of a position, bits of a row of
    the sample, region of each place): what `PackedWindows` knows of its geometry.
    """
    corners, height, piece, bits, width, regions = layout
    moved, windows, match, which, z, a = room
    move_sample(sample, shift[0], shift[1] * bits, width, moved)
    cut_windows(moved, corners, height, piece, windows)
    best_matches(windows, planes, regions, height * piece, match, which)
    units_of(match, thresholds, z, a)


@kernel
def room_for(samples, layout, planes, units):  # type: ignore[no-untyped-def]
    """The moved sample, its windows, its matches, which windows they are of, ``z`` and ``a`` of its units."""
    places = len(layout[5]), planes.shape[2]
    return (
        np.empty((samples.shape[1], samples.shape[2] + 1), np.uint64),
        np.empty((len(layout[0]), planes.shape[1]), np.uint64),
        np.empty(places, np.int32),
        np.empty(places, np.int64),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
    )


@kernel
def score_windows(samples, shifts, layout, planes, thresholds, rows, scores):  # type: ignore[no-untyped-def]
    """``scores`` (n, C) of ``samples`` (n, R, words) by ``rows`` (C, U), of a type that is wide enough for scores."""
    units = rows.shape[1]
    room, wide = room_for(samples, layout, planes, units), np.empty(units, rows.dtype)
    for n in range(len(samples)):
        look(samples[n], shifts[n], layout, planes, thresholds, room)
        wide[:] = room[5]
        score(wide, rows, scores[n])


@kernel
def learn_windows(samples, y, shifts, layout, planes, thresholds, q, limits, readout, readout_limits, rule, state):  # type: ignore[no-untyped-def]
    """A mini-batch ``samples`` (n, R, words) moves ``q`` (kernels, K), ``planes`` after them, ``readout`` (C, U) int32.

    ``rule`` is (largest lead that learns, gate, draw bits or 0 for groups, group size, read-out delay, settled).
    Returns predictions (n,), who triggered (n,), units that stepped (n, U), and the generator's ``state``.
    """
    most, gate, draw_bits, group_size, delay, settled = rule
    classes, units = readout.shape
    regions, kernels = layout[5], planes.shape[2]
    pooled = len(layout[0]) // len(regions)
    room = room_for(samples, layout, planes, units)
    _, windows, _, which, z, a = room
    before = np.empty(units, np.int32)  # the activations that a delayed step needs
    scores, chosen = np.empty(classes, np.int32), np.empty(units, np.int64)
    seen, touched = np.empty(64 * planes.shape[1], np.int8), np.zeros(len(q), np.bool_)
    predictions, triggered = np.empty(len(y), np.int64), np.zeros(len(y), np.bool_)
    stepped = np.zeros((len(y), units), np.bool_)
    owed, owed_y, owed_rival = False, 0, 0
    for n in range(len(samples)):
        look(samples[n], shifts[n], layout, planes, thresholds, room)
        predictions[n], rival, lead = judge(a, y[n], readout, scores)
        triggered[n] = lead <= most
        if triggered[n] and not settled:
            if draw_bits:
                count, state = select_by_draw(z, readout[y[n]], readout[rival], gate, draw_bits, state, chosen)
            else:
                count = select_by_group(z, readout[y[n]], readout[rival], gate, group_size, chosen)
            for u in chosen[:count]:
                place, kernel_of_place = u // (len(thresholds) * kernels), u % kernels
                row = regions[place] * kernels + kernel_of_place
                unpack(windows[place * pooled + which[place, kernel_of_place]], seen)
                move_row(q[row], seen, 1 if readout[y[n], u] > readout[rival, u] else -1, limits[0], limits[1])
                touched[row] = stepped[n, u] = True
        if owed:
            move_readout(before, owed_y, owed_rival, readout, readout_limits[0], readout_limits[1])
            owed = False
        if triggered[n] and delay:
            owed, owed_y, owed_rival = True, y[n], rival
            before[:] = a
        elif triggered[n]:
            move_readout(a, y[n], rival, readout, readout_limits[0], readout_limits[1])
    if owed:
        move_readout(before, owed_y, owed_rival, readout, readout_limits[0], readout_limits[1])
    for region in range(len(planes)):
        rows = slice(region * kernels, (region + 1) * kernels)
        refresh(q[rows], touched[rows], planes[region])
    return predictions, triggered, stepped, state
