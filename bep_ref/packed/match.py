"""The best match of every kernel with the windows of its place, and the units that this makes."""

import numpy as np

from bep_ref.packed.compiler import kernel, popcount


@kernel
def best_matches(windows, planes, regions, fan_in, match, which):  # type: ignore[no-untyped-def]
    """Windows of one sample (windows, words) through weights ``planes`` (regions, words, m).

    Writes ``match`` (places, m) int32, the largest 2p - K, and ``which`` (places, m), the pooled window that gave it,
    the first of equals. ``regions`` (places,) is the region of each place. Kernels lie side by side, so that one vector
    instruction serves several of them; differing bits and window are one number, so that the least is the best.
    """
    places, kernels = match.shape
    pooled, words = len(windows) // places, windows.shape[1]
    differing, least = np.empty(kernels, np.uint64), np.empty(kernels, np.uint64)
    for place in range(places):
        plane = planes[regions[place]]
        least[:] = np.uint64(0xFFFFFFFFFFFFFFFF)
        for number in range(pooled):
            window, name = windows[place * pooled + number], np.uint64(number)
            differing[:] = 0
            for word in range(words - 1):
                x0, w0 = window[word], plane[word]
                for n in range(kernels):
                    differing[n] += popcount(x0 ^ w0[n])
            x0, w0 = window[words - 1], plane[words - 1]
            for n in range(kernels):
                least[n] = min(least[n], (differing[n] + popcount(x0 ^ w0[n])) << np.uint64(8) | name)
        for n in range(kernels):
            match[place, n] = np.int32(fan_in) - np.int32(2) * np.int32(least[n] >> np.uint64(8))
            which[place, n] = least[n] & np.uint64(255)


@kernel
def units_of(match, thresholds, z, a):  # type: ignore[no-untyped-def]
    """Units of one sample in their order: ``z`` and ``a`` (U,) from ``match`` (places, m); all of them int32.

    ``thresholds`` (T,) int32 are those of the offsets.
    """
    kernels = match.shape[1]
    unit = 0
    for row in match:
        for threshold in thresholds:
            part = z[unit : unit + kernels]
            for n in range(kernels):
                part[n] = row[n] - threshold
            unit += kernels
    for u in range(len(z)):
        a[u] = z[u] >> np.int32(31) | np.int32(1)  # 0 or -1, then 1 or -1
