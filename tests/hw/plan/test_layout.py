"""The address map: nothing collides, nothing is lost, and what is written can be read back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.plan.images import pack_counters, pack_samples, pack_visible, unpack_counters
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import bits_of, layouts, random_counters

seeds = st.integers(0, 2**32 - 1)


@given(layouts(), seeds)
@settings(max_examples=60, deadline=None)
def test_counters_unpack_to_what_was_packed(layout, seed):
    counters = random_counters(layout.network, np.random.default_rng(seed))
    image = pack_counters(layout, counters)
    width = layout.machine.update_lanes * layout.network.counter_bits
    assert all(0 <= group < 1 << width for group in image.values())
    for unpacked, packed in zip(unpack_counters(layout, image), counters, strict=True):
        assert np.array_equal(unpacked, packed)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_counters_fill_the_hidden_plane_column_by_column_inside_it_row_by_row(layout):
    addresses, base = [], 0
    for index, place in enumerate(layout.trainable):
        assert place.hidden_base == base
        base += layout.slices(place)
        assert place.columns * layout.chunks_per_column == place.stored_chunks >= place.chunks
        column, row, chunk = np.indices((place.columns, place.rows, layout.chunks_per_column)).reshape(3, -1)
        addresses += layout.group_address(index, column * layout.chunks_per_column + chunk, row).tolist()
    assert addresses == list(range(layout.hidden_depth))
    assert base == layout.bank_depth


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_single_port_memories_hold_even_chunks_of_a_row_in_one_bank_and_odd_ones_in_the_other(layout):
    assert layout.banks == (2 if layout.machine.spram else 1)
    for index, place in enumerate(layout.trainable):
        rows, chunks = np.arange(place.rows)[:, None], np.arange(place.stored_chunks)
        assert (layout.group_address(index, chunks, rows) % layout.banks == chunks % layout.banks).all()


@given(layouts(), seeds)
@settings(max_examples=60, deadline=None)
def test_visible_words_hold_every_weight_once_and_zeros_elsewhere(layout, seed):
    random = np.random.default_rng(seed)
    lanes, taken = layout.machine.lanes, set()
    for index, place in enumerate(layout.layers):
        weights = random.choice([-1, 1], (place.rows, place.fan_in))
        image = pack_visible(layout, index, weights)
        assert not taken & set(image)
        taken |= set(image)
        words = np.zeros((place.rows, place.words, lanes), dtype=bool)
        for (address, column), value in image.items():
            word, row = divmod(address - place.plane_base, place.rows)
            words[row, word, column * layout.column : (column + 1) * layout.column] = bits_of(value, layout.column)
        flat = words.reshape(place.rows, -1)
        front = place.first_column * layout.column
        assert np.array_equal(np.where(flat[:, front : front + place.fan_in], 1, -1), weights)
        assert flat.sum() == (weights > 0).sum()
    assert {address for address, _ in taken} == set(range(layout.plane_depth))


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_column_is_whole_slices_and_a_word_whole_columns(layout):
    assert layout.slice_lanes == layout.banks * layout.machine.update_lanes
    assert layout.column == layout.parts * layout.slice_lanes
    assert layout.machine.lanes == layout.columns_per_word * layout.column


# a memory of 4 kbit is 16 bits wide to a depth of 256, 8 bits to 512, 2 bits to 2048
WIDTHS = [
    (40, Machine(lanes=48, update_lanes=4), 16),
    (250, Machine(lanes=48, update_lanes=4), 8),  # and the classifier's 12 words
    (1900, Machine(lanes=48, update_lanes=1), 2),
    (1900, Machine(lanes=48, update_lanes=4, spram=True), 8),  # a slice
    (8, Machine(lanes=20, update_lanes=1), 20),  # 16 does not divide a word
    (8, Machine(lanes=12, update_lanes=1), 12),
]


@pytest.mark.parametrize(("neurons", "machine", "column"), WIDTHS)
def test_a_column_is_as_wide_as_a_memory_of_the_planes_depth(neurons, machine, column):
    assert Layout(Network(machine.lanes, (neurons,), 2), machine).column == column


@pytest.mark.parametrize(("asked", "given"), [(0, 20), (5, 5), (20, 20), (21, 20), (4096, 20)])
def test_there_are_no_more_column_accumulators_than_a_word_holds_of_the_widest_layer(asked, given):
    assert Layout(Network(40, (9, 20), 2), Machine(lanes=32, backward_lanes=asked)).backward_lanes == given
    assert Layout(Network(40, (9, 20), 2), Machine(lanes=16, backward_lanes=asked)).backward_lanes == min(given, 16)


@given(layouts(), st.integers(1, 5), seeds)
@settings(max_examples=60, deadline=None)
def test_beats_hold_a_sample_from_bit_0_on_and_ones_behind_it(layout, count, seed):
    inputs, chunk = layout.network.inputs, layout.machine.update_lanes
    x = np.random.default_rng(seed).choice([-1, 1], (count, inputs))
    beats = pack_samples(layout, x)
    bits = np.array([np.concatenate([bits_of(int(beat), chunk) for beat in sample]) for sample in beats])
    assert bits.shape == (count, -(-inputs // chunk) * chunk)
    assert np.array_equal(np.where(bits[:, :inputs], 1, -1), x)
    assert bits[:, inputs:].all()


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_the_inputs_of_all_layers_fit_a_slot_without_overlap(layout):
    ends = [place.source_base + place.chunks for place in layout.layers]
    assert [place.source_base for place in layout.layers] == [0, *ends[:-1]]
    assert ends[-1] <= layout.slot_chunks
    assert layout.slot_chunks.bit_count() == 1, "a slot's address is its number shifted"


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_slot_of_inputs_holds_the_first_layer_only(layout):
    assert layout.layers[0].chunks <= layout.input_chunks <= layout.slot_chunks
    assert layout.input_chunks.bit_count() == 1


@given(layouts(), seeds)
@settings(max_examples=60, deadline=None)
def test_words_are_cut_out_of_the_activations_where_their_weights_are(layout, seed):
    random, lanes = np.random.default_rng(seed), layout.machine.lanes
    for index, place in enumerate(layout.layers[1:], start=1):
        active = random.integers(0, 2, place.fan_in)
        # the last activation at lane -1 of the widest layer, ones in front of the first and behind the last
        padded = np.ones(lanes + max(layout.network.hidden) + lanes, dtype=int)
        padded[:-lanes][-len(active) :] = active
        starts = [lanes + layout.activation_lane(index, word) for word in range(place.words)]
        got = np.array([padded[start : start + lanes] for start in starts])
        wanted = np.ones((place.words, lanes), dtype=int)
        front = place.first_column * layout.column
        wanted.flat[front : front + place.fan_in] = active
        assert np.array_equal(got, wanted)
