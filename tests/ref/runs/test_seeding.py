"""Random choices: frozen values, so that a change of stream or of NumPy cannot pass unseen, and distributions."""

import math

import numpy as np
import pytest

from bep_ref.runs.seeding import flips, floor_normal, permutation, signs, stream, words


def test_frozen_values():
    assert words(stream(1, "test"), 3).tolist() == [1742493172, 396601935, 2050431170]
    assert permutation(stream(1, "test"), 8).tolist() == [0, 7, 4, 1, 5, 2, 6, 3]
    assert floor_normal(stream(1, "test"), 32.0, (-128, 127), (2, 3)).tolist() == [[-8, -43, -2], [-10, 8, 8]]


def test_streams_differ_by_seed_purpose_and_index():
    first = [words(stream(*key), 4).tolist() for key in ((1, "a", 0), (2, "a", 0), (1, "b", 0), (1, "a", 1))]
    assert len({tuple(values) for values in first}) == 4


def test_words_do_not_depend_on_how_many_are_drawn():
    assert words(stream(1, "a"), 7).tolist() == words(stream(1, "a"), 8).tolist()[:7]


def test_permutation_holds_every_index_once():
    assert sorted(permutation(stream(3, "order"), 1000)) == list(range(1000))


def test_floor_normal_is_the_floor_of_a_normal_and_clipped():
    drawn = floor_normal(stream(1, "counters"), 32.0, (-128, 127), (400, 500))
    assert abs(drawn.mean() + 0.5) < 4 * 32 / math.sqrt(drawn.size)
    assert abs(drawn.std() - 32) < 0.3
    assert abs((drawn >= 0).mean() - 0.5) < 4 * 0.5 / math.sqrt(drawn.size)
    narrow = floor_normal(stream(1, "counters"), 32.0, (-8, 7), (100, 100))
    assert (narrow.min(), narrow.max()) == (-8, 7)
    assert abs((narrow == 7).mean() - 0.5 * math.erfc(7 / 32 / math.sqrt(2))) < 0.02


@pytest.mark.parametrize("probability", [0.0, 0.46, 1.0])
def test_flips(probability):
    drawn = flips(stream(1, "noise"), probability, (300, 300))
    assert abs((drawn == -1).mean() - probability) <= 4 * math.sqrt(probability * (1 - probability)) / 300


def test_signs_are_balanced():
    assert abs(signs(stream(1, "signs"), (300, 300)).mean()) < 4 / 300
    assert np.unique(signs(stream(1, "signs"), (300, 300))).tolist() == [-1, 1]
