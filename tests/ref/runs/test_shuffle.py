"""The order of a cache: every sample once an epoch, another order every epoch, frozen values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from bep_ref.config import ConfigError
from bep_ref.runs.shuffle import enciphered, epoch_key, next_key, order
from bep_ref.runs.train import batches
from tests.ref.small_run import task


def test_frozen_values():
    assert [epoch_key(1, epoch) for epoch in (1, 2, 3)] == [594530844, 1001172629, 1164497381]
    assert order(12345, 9, 300)[:8].tolist() == [274, 29, 293, 156, 285, 136, 51, 288]


@given(st.integers(0, 2**32 - 1), st.integers(9, 13), st.data())
@settings(max_examples=30, deadline=None)
def test_every_sample_comes_once(key, bits, data):
    count = data.draw(st.integers(1, 1 << bits))
    assert sorted(order(key, bits, count)) == list(range(count))


def test_an_index_alone_is_enciphered_as_among_all():
    indices = np.arange(1 << 11)
    together = enciphered(indices, 0xBE900001, 11)
    assert [enciphered(int(index), 0xBE900001, 11) for index in indices[:50]] == together[:50].tolist()


def test_an_epochs_key_follows_from_the_one_before():
    assert epoch_key(7, 3) == next_key(next_key(epoch_key(7, 1)))
    assert epoch_key(7, 1) != epoch_key(8, 1)


def test_over_many_epochs_every_place_and_every_pair_of_places_is_as_likely():
    bits, epochs = 9, 600
    count, key, places = 1 << bits, epoch_key(1, 1), []
    for _ in range(epochs):
        places.append(np.argsort(order(key, bits, count)))
        key = next_key(key)
    quarters = np.array(places) * 4 // count
    for cells, kinds in ((quarters, 4), (4 * quarters + np.roll(quarters, 1, axis=1), 16)):
        seen = np.array([(cells == kind).sum(axis=0) for kind in range(kinds)])
        assert np.mean(chisquare(seen).pvalue < 0.01) < 0.03


def test_a_run_is_shuffled_by_it_only_when_asked():
    plain, shuffled = task(), task(shuffle_bits=10)
    assert [index.size for index in batches(shuffled, 2)] == [index.size for index in batches(plain, 2)]
    orders = [np.concatenate(list(batches(run, 2))) for run in (plain, shuffled)]
    assert orders[1].tolist() == order(epoch_key(3, 2), 10, 540).tolist()
    assert orders[0].tolist() != orders[1].tolist()


def test_too_few_bits_for_the_samples_are_refused():
    with pytest.raises(ConfigError, match=r"^shuffle_bits: 9 is out of range; it must be at least 10 for 540 samples$"):
        task(shuffle_bits=9)
