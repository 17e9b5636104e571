"""Binarisers: thresholds as documented, bits in documented order, and their specifications."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.inputs.binarise import fit_binariser

X = np.array([[0, 10], [1, 20], [2, 30], [3, 40], [4, 50]])


def test_median_is_one_threshold_over_all_values_and_exclusive():
    binariser = fit_binariser("median", X)
    assert binariser.thresholds.tolist() == [[7.0], [7.0]]
    assert binariser(np.array([[7, 8]])).tolist() == [[-1, 1]]


def test_fixed_thresholds_serve_every_feature_and_are_exclusive():
    binariser = fit_binariser("threshold=2,6,11", X)
    assert binariser.bits == 6
    assert binariser(np.array([[2, 7]])).tolist() == [[-1, -1, -1, 1, 1, -1]]
    assert binariser(np.array([[12, 2.5]])).tolist() == [[1, 1, 1, 1, -1, -1]]


def test_thermometer_takes_the_documented_quantiles_of_each_feature():
    # sorted values at floor(k / 4 * 4) = 1, 2, 3
    binariser = fit_binariser("thermometer=3", X[[3, 0, 4, 1, 2]])
    assert binariser.thresholds.tolist() == [[1, 2, 3], [20, 30, 40]]
    assert binariser(np.array([[2, 19.9]])).tolist() == [[1, 1, -1, -1, -1, -1]], "inclusive"


def test_thermometer_with_more_bits_than_values_repeats_the_thresholds_that_divide():
    assert fit_binariser("thermometer=4", np.array([[1.0], [2.0]])).thresholds.tolist() == [[2, 2, 2, 2]]
    assert fit_binariser("thermometer=4", np.array([[1.0], [2.0], [7.0]])).thresholds.tolist() == [[2, 2, 7, 7]]


def test_the_median_never_is_the_largest_value():
    paper = np.where(np.arange(40).reshape(4, 10) % 7, 255, 0)  # dark strokes on white paper
    assert fit_binariser("median", paper).thresholds[0, 0] == 0
    assert (fit_binariser("median", paper)(paper) == np.where(paper == 255, 1, -1)).all()
    assert fit_binariser("median", np.full((3, 2), 5)).thresholds.tolist() == [[5], [5]], "there is nothing to divide"


@pytest.mark.parametrize(
    "spec",
    [
        "median=3",
        "quantile",
        "",
        "threshold=",
        "threshold=a",
        "threshold=3,2",
        "threshold=1,1",
        "threshold=nan",
        "thermometer=",
        "thermometer=0",
        "thermometer=65",
        "thermometer=-1",
        "thermometer=2.5",
    ],
)
def test_bad_specifications(spec):
    with pytest.raises(ConfigError, match=r"^binarise: ") as error:
        fit_binariser(spec, X)
    assert repr(spec) in str(error.value)


def test_other_width_is_refused():
    with pytest.raises(ConfigError, match=r"it must be \(samples, 2\)"):
        fit_binariser("median", X)(np.zeros((3, 5)))
