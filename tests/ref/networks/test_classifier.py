"""The equiangular frame: its cost, its incremental bookkeeping, its determinism."""

from itertools import combinations
from statistics import mean, pvariance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref.networks.classifier import equiangular_frame, frame_cost
from bep_ref.runs.seeding import signs, stream


def cost_by_hand(frame, alpha):
    products = [sum(a * b for a, b in zip(p, q, strict=True)) for p, q in combinations(frame.tolist(), 2)]
    return sum(products) + alpha * pvariance(products)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 8), st.integers(2, 40), st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.integers(0, 1000))
def test_no_single_flip_lowers_the_cost(classes, width, alpha, seed):
    frame = equiangular_frame(classes, width, seed, alpha)
    assert set(np.unique(frame)) <= {-1, 1}
    cost = cost_by_hand(frame, alpha)
    assert frame_cost(frame, alpha) == pytest.approx(cost)
    for position in np.ndindex(frame.shape):
        flipped = frame.copy()
        flipped[position] *= -1
        assert cost_by_hand(flipped, alpha) >= cost - 1e-9


@pytest.mark.parametrize(("classes", "width"), [(10, 128), (2, 16), (26, 100)])
def test_frame_is_better_than_the_random_one_it_began_with(classes, width):
    frame = equiangular_frame(classes, width, 5)
    assert frame_cost(frame) < frame_cost(signs(stream(5, "classifier"), (classes, width)))


def test_ten_prototypes_lie_near_the_lowest_possible_products():
    products = np.array([p @ q for p, q in combinations(equiangular_frame(10, 128, 1).astype(int), 2)])
    # -128 / 9 = -14.2 is the lowest mean that ten vectors of 128 bits can have
    assert mean(products.tolist()) == pytest.approx(-128 / 9)
    assert products.std() < 6


def test_two_classes_are_opposites():
    frame = equiangular_frame(2, 16, 3)
    assert (frame[0] == -frame[1]).all()


def test_same_seed_same_frame():
    assert (equiangular_frame(10, 64, 7) == equiangular_frame(10, 64, 7)).all()
    assert (equiangular_frame(10, 64, 7) != equiangular_frame(10, 64, 8)).any()
