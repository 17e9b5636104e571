"""What the memories of a window network hold, as integers at their addresses in a `WindowLayout`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.windows.layout import WindowLayout

Ints = NDArray[Any]


def pack_counters(layout: WindowLayout, counters: Ints) -> dict[int, int]:
    """Hidden-plane image: group address -> N counters of B bits, two's complement, lane 0 lowest."""
    lanes, bits = layout.machine.update_lanes, layout.network.counter_bits
    weights = 1 << (bits * np.arange(lanes, dtype=object))
    image = dict.fromkeys(range(layout.hidden_groups), 0)
    for kernel, q in enumerate(counters):
        padded = np.zeros(layout.row_lanes, dtype=object)
        padded[: layout.geometry.fan_in] = np.asarray(q).astype(object) & ((1 << bits) - 1)
        word, row = layout.kernel_place(kernel)
        for chunk, value in enumerate(padded.reshape(-1, lanes) @ weights):
            image[int(layout.group_address(word, row, chunk))] = int(value)
    return image


def unpack_counters(layout: WindowLayout, image: dict[int, int]) -> Ints:
    """The inverse of `pack_counters`: (kernels in all, K)."""
    lanes, bits = layout.machine.update_lanes, layout.network.counter_bits
    mask, half = (1 << bits) - 1, 1 << (bits - 1)
    q = np.zeros((layout.geometry.kernel_count, layout.row_lanes), dtype=np.int32)
    for kernel in range(len(q)):
        word, row = layout.kernel_place(kernel)
        for chunk in range(layout.row_lanes // lanes):
            group = image[int(layout.group_address(word, row, chunk))]
            for lane in range(lanes):
                q[kernel, chunk * lanes + lane] = (((group >> (bits * lane)) & mask) ^ half) - half
    return q[:, : layout.geometry.fan_in]


def pack_visible(layout: WindowLayout, weights: Ints) -> dict[tuple[int, int], int]:
    """Visible-plane image of ±1 ``weights`` (kernels in all, K): (word, column) -> column bits."""
    bits = np.zeros((layout.plane_depth, layout.rows_per_word, layout.row_lanes), dtype=bool)
    for kernel, row_weights in enumerate(weights):
        word, row = layout.kernel_place(kernel)
        bits[word, row, : layout.geometry.fan_in] = row_weights > 0
    columns = bits.reshape(layout.plane_depth, layout.columns_per_word, layout.column)
    values = columns @ (1 << np.arange(layout.column, dtype=object))
    return {(word, column): int(value) for (word, column), value in np.ndenumerate(values)}


def pack_readout(layout: WindowLayout, readout: Ints) -> dict[int, int]:
    """Image of the read-out's counters (C, U): address for the host -> counter, two's complement."""
    network, kernels = layout.network, layout.geometry.kernels
    mask = (1 << network.readout) - 1
    image = {}
    for (number, unit), value in np.ndenumerate(readout):
        block, kernel = divmod(unit, kernels)
        place, offset = divmod(block, len(network.offsets))
        image[layout.readout_address(place * kernels + kernel, number, offset)] = int(value) & mask
    return image


def readout_places(layout: WindowLayout) -> list[int]:
    """Addresses for the host of all counters of the read-out, in the order of (C, U)."""
    network = layout.network
    return list(pack_readout(layout, np.zeros((network.classes, network.units), dtype=int)))


def unpack_readout(layout: WindowLayout, image: dict[int, int]) -> Ints:
    """The inverse of `pack_readout`."""
    network = layout.network
    half = 1 << (network.readout - 1)
    values = [((image[address] & (2 * half - 1)) ^ half) - half for address in readout_places(layout)]
    return np.array(values, dtype=np.int32).reshape(network.classes, network.units)
