"""The address map: nothing collides, nothing is lost, and what is written can be read back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hw.drive import bits_of, layouts, random_counters

seeds = st.integers(0, 2**32 - 1)


@given(layouts(), seeds)
@settings(max_examples=60, deadline=None)
def test_counters_unpack_to_what_was_packed(layout, seed):
    counters = random_counters(layout.network, np.random.default_rng(seed))
    image = layout.pack_counters(counters)
    width = layout.machine.update_lanes * layout.network.counter_bits
    assert all(0 <= group < 1 << width for group in image.values())
    for unpacked, packed in zip(layout.unpack_counters(image), counters, strict=True):
        assert np.array_equal(unpacked, packed)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_no_two_groups_of_counters_share_an_address(layout):
    addresses = [
        layout.group_address(index, chunk, row)
        for index, place in enumerate(layout.trainable)
        for chunk in range(place.stored_chunks)
        for row in range(place.rows)
    ]
    assert len(set(addresses)) == len(addresses)
    assert min(addresses) >= 0
    assert max(addresses) < layout.hidden_depth


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_with_single_port_memories_consecutive_chunks_of_a_row_lie_in_different_banks(layout):
    for index, place in enumerate(layout.trainable):
        rows, chunks = np.arange(place.rows)[:, None], np.arange(place.stored_chunks)[None, :]
        banks = layout.group_address(index, chunks, rows) & 1
        if layout.machine.spram:
            assert (banks[:, :-1] != banks[:, 1:]).all()
        else:
            assert not layout.flips(index)


@given(layouts(), seeds)
@settings(max_examples=60, deadline=None)
def test_visible_words_hold_every_weight_once_and_zeros_elsewhere(layout, seed):
    random = np.random.default_rng(seed)
    lanes, taken = layout.machine.lanes, set()
    for index, place in enumerate(layout.layers):
        weights = random.choice([-1, 1], (place.rows, place.fan_in))
        image = layout.pack_visible(index, weights)
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
def test_a_column_is_whole_chunks_and_a_word_whole_columns(layout):
    assert layout.column % layout.machine.update_lanes == 0
    assert layout.machine.lanes % layout.column == 0


@given(layouts(), st.integers(1, 5), seeds)
@settings(max_examples=60, deadline=None)
def test_beats_hold_a_sample_from_bit_0_on_and_ones_behind_it(layout, count, seed):
    inputs, chunk = layout.network.inputs, layout.machine.update_lanes
    x = np.random.default_rng(seed).choice([-1, 1], (count, inputs))
    beats = layout.pack_samples(x)
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
