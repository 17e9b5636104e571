"""No feature that varies is lost by a thermometer; features that other binarisers lose are counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref.config import SeriesInput
from bep_ref.datasets.dataset import suitable_binariser
from bep_ref.inputs.binarise import Binariser, fit_binariser
from bep_ref.inputs.losses import losses
from bep_ref.inputs.quantiles import quantile_thresholds
from bep_ref.inputs.series import fit_series_binariser

FINITE = st.floats(-1e300, 1e300) | st.integers(-3, 3).map(float) | st.sampled_from([0.0, 255.0, 5e-324, -1e-9])


@st.composite
def columns(draw, rows):
    """A column of ``rows`` values: any, of few distinct ones, or one value with rare exceptions."""
    kind = draw(st.sampled_from(["any", "few", "rare"]))
    if kind == "any":
        return draw(st.lists(FINITE, min_size=rows, max_size=rows))
    values = draw(st.lists(FINITE, min_size=1, max_size=4))
    if kind == "few":
        return draw(st.lists(st.sampled_from(values), min_size=rows, max_size=rows))
    column = [values[0]] * rows
    column[draw(st.integers(0, rows - 1))] = values[-1]
    return column


@st.composite
def tables(draw):
    rows = draw(st.integers(1, 40))
    return np.array(draw(st.lists(columns(rows), min_size=1, max_size=5))).T


def varying(x):
    return (x != x[0]).any(axis=0)


@settings(max_examples=600, deadline=None)
@given(tables(), st.integers(1, 64))
def test_every_feature_that_varies_has_a_bit_that_varies(x, count):
    for spec in (f"thermometer={count}", suitable_binariser(x)):
        bits = fit_binariser(spec, x)(x)
        assert (varying(bits).reshape(x.shape[1], -1).any(axis=1) == varying(x)).all(), spec


@settings(max_examples=200, deadline=None)
@given(tables(), st.integers(1, 12))
def test_thresholds_divide_and_none_that_divided_is_given_up(x, count):
    for column in x.T:
        thresholds = quantile_thresholds(column, count)
        assert len(thresholds) == count
        assert (np.diff(thresholds) >= 0).all()
        if not varying(column[:, None])[0]:
            continue
        assert ((column.min() < thresholds) & (thresholds <= column.max())).all(), "inside the column's range"
        quantiles = np.sort(column)[[k * (len(column) - 1) // (count + 1) for k in range(1, count + 1)]]
        assert np.isin(quantiles[quantiles > column.min()], thresholds).all(), "quantiles that divide are kept"
        assert len(np.unique(thresholds)) == min(count, len(np.unique(column)) - 1), "as many as there can be"


@settings(max_examples=50, deadline=None)
@given(tables())
def test_series_are_divided_by_the_same_code(x):
    series = x.T[:, :, None]
    levels = fit_series_binariser("thermometer=3", SeriesInput(), series, seed=1).levels
    assert (levels.thresholds == fit_binariser("thermometer=3", x.T.reshape(-1, 1)).thresholds).all()


def test_two_values_of_any_kind_are_one_bit_by_default():
    images = np.where(np.eye(6) > 0, 255, 0)
    assert suitable_binariser(images) == "thermometer=1"
    assert (fit_binariser("thermometer=1", images)(images) == np.where(images, 1, -1)).all()
    assert suitable_binariser(np.column_stack([images[:, 0], np.arange(6)])) == "thermometer=8"
    assert suitable_binariser(np.array([[-1, 1], [1, 1]])) == "threshold=0"


def test_what_fixed_thresholds_lose_is_counted_and_named():
    x = np.array([[0, 5, 9.0, 1], [1, 5, 8, 3], [0, 5, 9, 2]])
    found = losses(fit_binariser("threshold=2,6", x), x)
    assert (found.undivided.tolist(), found.constant.tolist()) == ([0, 2], [1])
    lost, constant = found.notes(("is0", "same", "size", "kind"))
    assert str(lost).startswith(
        "warning: 2 of 4 features (is0, size) vary, but threshold=2,6 makes no bit of them vary"
    )
    assert str(constant).startswith("1 of 4 features (same) have one value in all training samples")
    assert [note.text[:6] for note in found.notes()] == ["2 of 4", "1 of 4"]
    assert not losses(fit_binariser("thermometer=1", x[:, [0, 2, 3]]), x[:, [0, 2, 3]]).notes()


@pytest.mark.parametrize(("threshold", "lost"), [(-0.5, 1), (0, 0), (0.5, 0), (1, 1)])
def test_a_threshold_is_compared_as_the_binariser_compares(threshold, lost):
    x = np.array([[0.0], [1.0]])
    binariser = fit_binariser(f"threshold={threshold}", x)
    assert len(losses(binariser, x).undivided) == lost == (not varying(binariser(x))[0])


@pytest.mark.parametrize(("threshold", "lost"), [(0, 1), (0.5, 0), (1, 0), (1.5, 1)])
def test_an_inclusive_threshold_at_the_minimum_divides_nothing(threshold, lost):
    x = np.array([[0.0], [1.0]])
    binariser = Binariser("thermometer=1", np.array([[threshold]]), inclusive=True)
    assert len(losses(binariser, x).undivided) == lost == (not varying(binariser(x))[0])


def test_losses_of_series_leave_out_what_comes_after_their_ends():
    x = np.array([[[0.0, 1], [5, 1]], [[0, 2], [np.nan, np.nan]]])
    found = losses(fit_series_binariser("threshold=3", SeriesInput(), x, seed=1), x)
    assert (found.undivided.tolist(), found.constant.tolist()) == ([1], [])
