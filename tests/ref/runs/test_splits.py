"""Stratified splits: exact size, every class in its share, none emptied."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bep_ref import ConfigError
from bep_ref.runs.splits import stratified_split

LABELS = st.lists(st.integers(0, 6), min_size=8, max_size=120).map(np.array)


@settings(max_examples=200, deadline=None)
@given(LABELS, st.integers(0, 100), st.data())
def test_split(y, seed, data):
    most = len(y) - len(np.unique(y))
    assume(most >= 1)
    held_out = data.draw(st.integers(1, most))
    kept, held = stratified_split(y, held_out, seed)
    assert sorted([*kept, *held]) == list(range(len(y)))
    assert len(held) == held_out
    assert (np.bincount(y[kept], minlength=7) > 0).tolist() == (np.bincount(y, minlength=7) > 0).tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(20, 60), min_size=2, max_size=5), st.integers(0, 50))
def test_every_class_gives_its_share_to_within_one_sample(sizes, seed):
    y = np.repeat(np.arange(len(sizes)), sizes)
    held_out = len(y) // 4
    _, held = stratified_split(y, held_out, seed)
    shares = np.bincount(y[held], minlength=len(sizes))
    assert (np.abs(shares - held_out * np.array(sizes) / len(y)) < 1).all()


def test_seed_chooses_the_samples():
    y = np.arange(200) % 4
    first, again, other = (stratified_split(y, 40, seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("held_out", [0, 3, 4])
def test_impossible_sizes_are_refused(held_out):
    with pytest.raises(ConfigError, match=rf"validation: {held_out} of 4 samples held out .* it must be 1 to 2"):
        stratified_split(np.array([0, 0, 1, 1]), held_out, 1)
