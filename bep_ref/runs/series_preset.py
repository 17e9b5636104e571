"""The window network of a series or a table, cut to its length, its channels and a number of counters."""

from typing import Any

from bep_ref.datasets import Dataset

BITS = 6
"""Bits of a value's thermometer."""
CHANNELS = 6
"""Channels that one window covers, at most."""
PLACES = 5
"""Places along the time."""
REGIONS = 2
"""Regions along the time, at most; channels share no kernels. Activity gains 1.5 points on validation data by it."""
KERNELS = 128
"""Kernels of a place, at most: short windows would leave room for many, all of which the read-out reads."""


def series_preset(dataset: Dataset, counters: int) -> dict[str, Any]:
    """Settings of `prepare` with about ``counters`` counters of kernels.

    First differences are channels of their own, in windows of their own. A table is a series of its features, in one
    channel, without differences.
    """
    steps, channels = dataset.x_train.shape[1], dataset.features if dataset.sequential else 1
    values = 2 * channels if dataset.sequential else 1
    width = max(size for size in range(1, min(CHANNELS, channels) + 1) if channels % size == 0)
    height = min(steps, max(2, round(steps / 4)))
    pooled, spacing = _pool(steps - height + 1)
    free = steps - height - (pooled - 1) * spacing + 1
    places = min(PLACES, free), values // width
    regions = min(REGIONS, places[0]), places[1]
    kernels = min(KERNELS, max(1, counters // (regions[0] * regions[1] * height * width * BITS)))
    return {
        "geometry": {
            "window": (height, width),
            "places": places,
            "pool": (pooled, 1),
            "spacing": spacing,
            "regions": regions,
            "kernels": kernels,
        },
        "binarise": f"thermometer={BITS}" + ("+differences" if dataset.sequential else ""),
        "offsets": (0.0, 0.1, 0.2),
        "gate": 0.06,
        "draw_bits": 8,
        "readout": 12,
        "margin": 2.0,
        "batch_size": min(20, max(1, len(dataset.x_train) // 10)),
        "epochs": 40,
        "sums": True,
    }


def _pool(free: int) -> tuple[int, int]:
    """Windows that a kernel looks at, and steps between them, where a window has ``free`` corners."""
    pooled = min(3, free)
    return pooled, max(1, min(2, (free - 1) // max(1, pooled - 1)))
