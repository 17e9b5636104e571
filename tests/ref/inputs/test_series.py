"""From series to steps: thresholds of all times together, windows as documented, the expansion, shorter series."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.config import SeriesInput
from bep_ref.inputs.series import fit_series_binariser

# two series of two channels and five values
X = np.stack([np.arange(10.0), -np.arange(10.0)], axis=1).reshape(2, 5, 2)


def fit(spec="thermometer=1", x=X, **shape):
    return fit_series_binariser(spec, SeriesInput(**{"expansion": 0} | shape), x, seed=1)


def test_thresholds_are_quantiles_of_a_channel_over_all_series_and_times():
    binariser = fit("thermometer=3")
    # sorted values at floor(k / 4 * 9) = 2, 4, 6
    assert binariser.levels.thresholds.tolist() == [[2, 4, 6], [-7, -5, -3]]
    assert binariser(X)[0, 2].tolist() == [1, -1, -1, 1, 1, 1]


def test_windows_follow_each_other_and_what_fills_none_is_left_out():
    steps = fit("threshold=4.5", window=2)(X)
    assert steps.shape == (2, 2, 4)
    # values (5, -5), (6, -6) then (7, -7), (8, -8): the first value's channels first
    assert steps[1].tolist() == [[1, -1, 1, -1]] * 2
    assert fit(window=5)(X).shape == (2, 1, 10)


def test_stride_lets_windows_overlap():
    plain, overlapping = fit()(X), fit(window=3, stride=1)(X)
    assert overlapping.shape == (2, 3, 6)
    assert overlapping[1, 1].tolist() == plain[1, 1:4].reshape(-1).tolist()


def test_expansion_is_the_sign_of_a_fixed_random_mixture():
    binariser = fit(window=2, expansion=7)
    plain, again = fit(window=2)(X), fit(window=2, expansion=7)
    assert (binariser.expansion == again.expansion).all()
    assert set(np.unique(binariser.expansion)) == {-1, 1}
    mixed = plain.astype(int) @ binariser.expansion.T.astype(int)
    assert (mixed == 0).any(), "an even number of bits can be level: that counts as +1"
    assert (binariser(X) == np.where(mixed >= 0, 1, -1)).all()
    assert binariser.bits == 7


def test_shorter_series_end_in_steps_of_zeros_and_bring_no_values_to_the_thresholds():
    x = X.copy()
    x[0, 3:] = np.nan
    binariser = fit("thermometer=1", x=x, window=2, expansion=3)
    # of 0, 1, 2, 5, 6, 7, 8, 9 the sorted value at floor(7 / 2)
    assert binariser.levels.thresholds[0].tolist() == [5]
    steps = binariser(x)
    assert (steps[0, 1] == 0).all()
    assert np.abs(steps[0, 0]).min() == np.abs(steps[1]).min() == 1
    alone = binariser(x[:1, :3])
    assert (alone[0, 0] == steps[0, 0]).all()


def test_chunks_make_no_difference(monkeypatch):
    binariser = fit(window=2, expansion=5)
    whole = binariser(X)
    monkeypatch.setattr("bep_ref.inputs.series.CHUNK", 1)
    assert (binariser(X) == whole).all()


def test_a_window_longer_than_a_series_names_both():
    x = X.copy()
    x[1, 3:] = np.nan
    with pytest.raises(ConfigError) as error:
        fit(x=x, window=4)(x)
    assert str(error.value) == "window: 4 is out of range; it must be at most 3, the length of series 2"


def test_other_channels_are_refused():
    with pytest.raises(ConfigError, match=r"it must be \(samples, length, 2\)"):
        fit()(np.zeros((3, 5, 1)))


@pytest.mark.parametrize(("field", "value"), [("window", 0), ("stride", -1), ("expansion", -1), ("expansion", 65537)])
def test_limits(field, value):
    with pytest.raises(ConfigError, match=f"^{field}: {value} is out of range; it must be "):
        SeriesInput(**{field: value})
