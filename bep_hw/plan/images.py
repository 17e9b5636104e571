"""What memories hold, as integers: samples, records, counters and visible weights at their addresses in a `Layout`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.layout import Layout
from bep_hw.plan.layouts import AnyLayout
from bep_hw.windows import images as of_windows
from bep_hw.windows.layout import WindowLayout

Ints = NDArray[Any]


def last_steps(layout: AnyLayout, x: Ints) -> list[int]:
    """The last step, from 0, of every sequence ``x`` (n, T, K_x), which ends with zeros; 0 of samples (n, K_0)."""
    if x.ndim == 2:
        return [0] * len(x)
    last: list[int] = (x.any(axis=2).sum(axis=1) - 1).tolist()
    return last


def sample_bits(layout: AnyLayout, x: Ints) -> NDArray[np.bool_]:
    """Bits (n, bits of all beats) of samples ``x`` (n, K_0), or (n, T, K_x), of ±1, input 0 first; padding is 1."""
    beats, total = layout.step_beats, layout.sample_beats
    bits = np.ones((len(x), total // beats, beats * layout.beat_bits), dtype=bool)
    steps = x if x.ndim == 3 else x[:, np.newaxis]
    bits[:, : steps.shape[1], : layout.network.inputs] = steps > 0
    return bits.reshape(len(x), total * layout.beat_bits)


def pack_samples(layout: AnyLayout, x: Ints) -> Ints:
    """Beats (n, beats) of samples, the first of their `sample_bits` in bit 0 of beat 0."""
    width = layout.beat_bits
    return sample_bits(layout, x).reshape(len(x), layout.sample_beats, width) @ (1 << np.arange(width, dtype=object))


def pack_whole_samples(layout: AnyLayout, x: Ints) -> list[int]:
    """Each sample's beats as one integer, the first beat lowest."""
    shifts = 1 << (layout.beat_bits * np.arange(layout.sample_beats, dtype=object))
    return [int(bits) for bits in pack_samples(layout, x) @ shifts]


def pack_records(layout: Layout, x: Ints, y: Ints) -> dict[int, int]:
    """The cache's image: group address -> group, of samples ``x`` (n, K_0) of ±1 and their classes ``y`` (n,)."""
    chunk = layout.machine.update_lanes
    group = chunk * layout.network.counter_bits
    image = {}
    for number, (bits, label) in enumerate(zip(pack_whole_samples(layout, x), y, strict=True)):
        record = bits << layout.label_chunks * chunk | int(label)
        first = layout.hidden_depth + number * layout.record_groups
        for index in range(-(-layout.record_chunks // layout.network.counter_bits)):
            image[first + index] = record >> index * group & ((1 << group) - 1)
    return image


def pack_counters(layout: AnyLayout, counters: list[Ints]) -> dict[int, int]:
    """Hidden-plane image: group address -> N counters of B bits, two's complement, lane 0 lowest."""
    if isinstance(layout, WindowLayout):
        return of_windows.pack_counters(layout, counters[0])
    chunk, bits = layout.machine.update_lanes, layout.network.counter_bits
    weights = 1 << (bits * np.arange(chunk, dtype=object))
    image: dict[int, int] = {}
    for index, q in enumerate(counters):
        place = layout.layers[index]
        padded = np.zeros((place.rows, place.stored_chunks * chunk), dtype=object)
        padded[:, : place.fan_in] = np.asarray(q).astype(object) & ((1 << bits) - 1)
        words = padded.reshape(place.rows, place.stored_chunks, chunk) @ weights
        for row in range(place.rows):
            for c in range(place.stored_chunks):
                image[int(layout.group_address(index, c, row))] = int(words[row, c])
    return image


def unpack_counters(layout: AnyLayout, image: dict[int, int]) -> list[Ints]:
    """The inverse of `pack_counters`."""
    if isinstance(layout, WindowLayout):
        return [of_windows.unpack_counters(layout, image)]
    chunk, bits = layout.machine.update_lanes, layout.network.counter_bits
    mask, half = (1 << bits) - 1, 1 << (bits - 1)
    result = []
    for index, place in enumerate(layout.trainable):
        q = np.zeros((place.rows, place.stored_chunks * chunk), dtype=np.int32)
        for row in range(place.rows):
            for c in range(place.stored_chunks):
                group = image[int(layout.group_address(index, c, row))]
                for lane in range(chunk):
                    q[row, c * chunk + lane] = (((group >> (bits * lane)) & mask) ^ half) - half
        result.append(q[:, : place.fan_in])
    return result


def pack_visible(layout: AnyLayout, layer: int, weights: Ints) -> dict[tuple[int, int], int]:
    """Visible-plane image of one layer's ±1 ``weights`` (K, F): (word address, column) -> column bits."""
    if isinstance(layout, WindowLayout):
        return of_windows.pack_visible(layout, weights)
    place, lanes = layout.layers[layer], layout.machine.lanes
    bits = np.zeros((place.rows, place.words * lanes), dtype=bool)
    start = place.first_column * layout.column
    bits[:, start : start + place.fan_in] = weights > 0
    values = bits.reshape(place.rows, place.words, layout.columns_per_word, layout.column) @ (
        1 << np.arange(layout.column, dtype=object)
    )
    return {
        (place.plane_base + word * place.rows + row, column): int(values[row, word, column])
        for word in range(place.words)
        for column in range(place.first_column if word == 0 else 0, layout.columns_per_word)
        for row in range(place.rows)
    }
