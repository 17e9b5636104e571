"""Features as positions that windows cover: difference bits of images, series as rows and columns, tables."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.inputs.grid import GridBinariser
from bep_ref.inputs.kinds import pack_binariser, unpack_binariser
from bep_ref.inputs.positions import fit_positions


def test_a_pixel_is_compared_with_its_four_neighbours_two_pixels_away():
    x = np.zeros((1, 5, 5))
    x[0, 2, 2] = 20
    binariser, shape = fit_positions("threshold=9+neighbours=16", x.reshape(1, -1), (5, 5), 0)
    assert shape == (5, 5, 5)
    bits = binariser(x.reshape(1, -1)).reshape(5, 5, 5)
    assert bits[2, 2].tolist() == [1, 1, 1, 1, 1]
    assert (bits > 0).sum() == 5  # 0 is greater than no neighbour, in the picture or outside
    dim, _ = fit_positions("threshold=9+neighbours=20", x.reshape(1, -1), (5, 5), 0)
    assert (dim(x.reshape(1, -1)) > 0).sum() == 1  # greater than the neighbour plus the contrast, not equal


def test_each_direction_has_its_bit():
    x = np.zeros((1, 4, 4))
    x[0, 0, 0], x[0, 2, 0], x[0, 0, 2] = 5, 9, 9
    binariser, _ = fit_positions("threshold=0+neighbours=1", x.reshape(1, -1), (4, 4), 0)
    bits = binariser(x.reshape(1, -1)).reshape(4, 4, 5)
    assert bits[0, 0].tolist() == [1, 1, -1, 1, -1]  # above and left lie outside: 0
    assert bits[2, 0].tolist() == [1, 1, 1, 1, 1]


def test_a_series_is_a_row_for_each_step_with_differences_in_channels_of_their_own():
    x = np.array([[[1, 10], [2, 8], [4, 8]], [[3, 9], [3, 9], [np.nan, np.nan]]], float)
    binariser, shape = fit_positions("thermometer=1+differences", x, (), 4)
    assert shape == (4, 4, 1)
    thresholds = binariser.levels.thresholds[:, 0]
    values = np.array([[1, 10, 0, 0], [2, 8, 1, -2], [4, 8, 2, 0]])
    bits = binariser(x).reshape(2, 4, 4)
    assert bits[0, :3].tolist() == np.where(values >= thresholds, 1, -1).tolist()
    assert (bits[0, 3] == -1).all()  # no such step
    assert (bits[1, 2:] == -1).all()  # after the end


def test_differences_of_unsigned_numbers_do_not_wrap():
    x = np.array([[[9], [2]], [[2], [9]]], np.uint8)
    binariser, _ = fit_positions("thermometer=1+differences", x, (), 2)
    assert binariser.levels.thresholds[1, 0] in (-7, 0, 7)


def test_a_table_is_a_column():
    x = np.arange(12.0).reshape(3, 4)
    binariser, shape = fit_positions("thermometer=2", x, (), 4)
    assert (shape, binariser.bits) == ((4, 1, 2), 8)


@pytest.mark.parametrize(
    ("spec", "shape", "image"),
    [
        ("threshold=3", (4, 6), ()),
        ("median+neighbours=2", (4, 6), (2, 3)),
        ("thermometer=3+differences", (4, 5, 2), ()),
    ],
)
def test_files_bring_every_binariser_back(spec, shape, image):
    x = np.random.default_rng(1).integers(0, 9, shape).astype(float)
    binariser, _ = fit_positions(spec, x, image, 5)
    header, arrays = pack_binariser(binariser)
    again = unpack_binariser(header, arrays)
    assert type(again) is type(binariser)
    assert again.spec == spec
    assert (again(x) == binariser(x)).all()


@pytest.mark.parametrize(
    ("spec", "shape", "image", "expected"),
    [
        ("median+neighbours=2", (4, 6), (), "binarise: neighbours= needs images, and the data holds none"),
        ("median+neighbours=x", (4, 6), (2, 3), "binarise: 'median+neighbours=x' is wrong; neighbours= takes a number"),
        ("median+differences", (4, 6), (), "binarise: 'differences' suits series alone"),
        ("median+neighbours=2", (4, 5, 2), (), "binarise: 'neighbours=2' does not suit series; they take +differences"),
        ("median+a+b", (4, 6), (), "binarise: 'median+a+b' is wrong; it must be median, threshold=V"),
    ],
)
def test_specifications_that_do_not_suit_the_data_are_named(spec, shape, image, expected):
    with pytest.raises(ConfigError) as error:
        fit_positions(spec, np.random.default_rng(1).random(shape), image, 5)
    assert expected in str(error.value)


def test_series_that_do_not_fit_are_named():
    x = np.random.default_rng(1).random((3, 4, 2))
    binariser, _ = fit_positions("thermometer=1", x, (), 4)
    assert isinstance(binariser, GridBinariser)
    with pytest.raises(ConfigError, match="data: a series of 5 steps; the network was made for at most 4"):
        binariser(np.zeros((1, 5, 2)))
    with pytest.raises(ConfigError, match=r"it must be \(samples, length, 2\)"):
        binariser(np.zeros((1, 4, 3)))
    assert binariser(x[:, :3]).shape == (3, 4 * 2)
