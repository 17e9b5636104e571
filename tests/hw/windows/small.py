"""Small window networks, and golden models of them in random states."""

from typing import Any

import numpy as np

from bep_hw.windows.layout import WindowLayout
from bep_ref import BinaryWindows, Geometry, Machine, WindowNetwork

GEOMETRIES = {
    "pooled": Geometry((8, 7, 2), (3, 3), (2, 2), 5, (1, 2), (2, 2), 1),
    "unshared": Geometry((9, 9, 1), (4, 4), (3, 3), 4),
    "one kernel": Geometry((6, 6, 3), (3, 2), (2, 3), 1, (2, 1), (1, 2), 2),
    "series": Geometry((12, 5, 2), (4, 5), (3, 1), 6, (3, 1), (2, 1), 2),
    "channels": Geometry((10, 6, 1), (3, 2), (4, 3), 3, (1, 3)),
    "whole": Geometry((3, 4, 2), (3, 4), (1, 1), 4),
    "inside": Geometry((10, 10, 2), (3, 4), (2, 2), 4, (2, 1), (2, 2), 2),
}


def layout(
    name: str,
    offsets: tuple[float, ...] = (0.2,),
    classes: int = 3,
    rows: int = 2,
    update_lanes: int = 4,
    spram: bool = False,
    counter_bits: int = 5,
    readout_bits: int = 6,
) -> WindowLayout:
    """A layout with ``rows`` kernels in a word."""
    geometry = GEOMETRIES[name]
    network = WindowNetwork(geometry, classes, offsets, counter_bits, readout_bits)
    step = update_lanes * (2 if spram else 1)
    lanes = -(-geometry.fan_in // step) * step * rows
    return WindowLayout(network, Machine(lanes, update_lanes, spram=spram))


def golden(layout: WindowLayout, seed: int = 1, **options: Any) -> BinaryWindows:
    """A model with random counters and read-out."""
    random = np.random.default_rng(seed)
    network = layout.network
    low, high = network.counter_range
    counters = np.clip(random.normal(0, 3, network.shapes[0]).round().astype(int), low, high)
    readout = np.clip(random.normal(0, 4, (network.classes, network.units)).round().astype(int), *network.readout_range)
    return BinaryWindows(
        counters,
        readout,
        network.geometry,
        network.offsets,
        counter_bits=network.counter_bits,
        readout_bits=network.readout,
        seed=seed,
        **options,
    )


def samples(layout: WindowLayout, count: int, seed: int = 2) -> tuple[Any, Any]:
    """Random samples of ±1 and their classes."""
    random = np.random.default_rng(seed)
    x = random.choice([-1, 1], (count, layout.network.inputs)).astype(np.int8)
    return x, random.integers(0, layout.network.classes, count)
