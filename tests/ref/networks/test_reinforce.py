"""The random generator and the Bernoulli process walked in gaps."""

import math

import numpy as np
import pytest
from scipy.stats import chisquare

from bep_ref import ConfigError
from bep_ref.networks.reinforce import OFF, PLANES, Xorshift32, draw, hits, probability, threshold_planes


def test_known_values_of_xorshift32():
    # Marsaglia's example seed; the first value is the one his paper's generator gives
    generator = Xorshift32(2463534242)
    generator.word()
    assert generator.state == 723471715
    # worked by hand from state 1: 1 -> 0x2001 -> 0x2001 -> 0x42021
    generator = Xorshift32(1)
    assert generator.word() == 0x42021 >> 16
    assert generator.state == 0x42021


@pytest.mark.parametrize("seed", [0, 2**32, -1])
def test_seed_out_of_range(seed):
    with pytest.raises(ConfigError, match=r"seed of the random generator: .* it must be 1 to 4294967295"):
        Xorshift32(seed)


def test_probability_is_the_papers():
    assert probability(0.5, 0.25, 128) == pytest.approx(0.5 * 0.5 * math.sqrt(2 / (math.pi * 128)))


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_probability_out_of_range(p):
    with pytest.raises(ConfigError, match="reinforcement probability"):
        threshold_planes(p)


def test_probability_zero_hits_nothing_and_draws_nothing():
    generator = Xorshift32(1)
    assert threshold_planes(0.0) == (OFF, *[0] * (PLANES - 1))
    assert list(hits(threshold_planes(0.0), 1000, generator)) == []
    assert generator.state == 1


def test_probability_one_hits_everything():
    assert list(hits(threshold_planes(1.0), 1000, Xorshift32(1))) == list(range(1000))


@pytest.mark.parametrize("p", [0.0005, 0.0064, 0.04, 0.3])
def test_rate(p):
    synapses = 400_000
    count = len(list(hits(threshold_planes(p), synapses, Xorshift32(7))))
    # 4 standard deviations, and the 16-bit rounding of the thresholds
    assert abs(count - p * synapses) < 4 * math.sqrt(p * (1 - p) * synapses) + 0.01 * p * synapses


@pytest.mark.parametrize("p", [0.02, 0.2])
def test_gaps_are_those_of_independent_coins(p):
    """Chi-squared test of the gaps between hits against the geometric distribution that single coins give."""
    gaps = np.diff(list(hits(threshold_planes(p), 300_000, Xorshift32(99)))) - 1
    edges = np.unique(np.quantile(gaps, np.linspace(0, 1, 21)).astype(int))[1:-1]
    below = np.array([(gaps < edge).sum() for edge in edges])
    expected = 1 - (1 - p) ** edges
    counts = np.diff([0, *below, len(gaps)])
    _, p_value = chisquare(counts, np.diff([0, *expected, 1]) * len(gaps))
    assert p_value > 0.001


@pytest.mark.parametrize("distance", [1, 2, 9, 256])
def test_neighbours_are_independent(distance):
    p, synapses = 0.1, 500_000
    coins = np.zeros(synapses)
    coins[list(hits(threshold_planes(p), synapses, Xorshift32(3)))] = 1
    both = (coins[:-distance] * coins[distance:]).mean()
    sigma = math.sqrt(p * p * (1 - p * p) / synapses)
    assert abs(both - coins.mean() ** 2) < 4 * sigma


def test_carries_let_a_gap_exceed_what_its_digits_hold():
    gaps = np.diff(list(hits(threshold_planes(0.001), 300_000, Xorshift32(5))))
    assert gaps.max() > 256
    # memoryless: P(gap > 256) of single coins
    assert abs((gaps > 256).mean() - 0.999**256) < 4 * math.sqrt(0.25 / len(gaps))


def test_a_draw_compares_numbers_read_from_the_words_highest_bit_first():
    """The bit planes are only a way to compare whole 16-bit numbers with thresholds; said here without them."""
    planes = threshold_planes(0.03)
    numbers = [sum((plane >> i & 1) << (PLANES - 1 - k) for k, plane in enumerate(planes)) for i in range(9)]
    assert numbers[0] == round(0.97**256 * 65536)
    assert numbers[3] == round(0.97**4 / (1 + 0.97**4) * 65536)
    first, second = Xorshift32(11), Xorshift32(11)
    for _ in range(2000):
        value, start = draw(planes, first), second.state
        words = [second.word() for _ in range(PLANES)]
        randoms = [sum((word >> i & 1) << (PLANES - 1 - k) for k, word in enumerate(words)) for i in range(9)]
        assert value == sum(
            (random < number) << i for i, (random, number) in enumerate(zip(randoms, numbers, strict=True))
        )
        # words are drawn only until the last comparison is decided
        second.state = start
        while second.state != first.state:
            second.word()
