"""Window networks: a second reading of the rule, bit for bit, and properties of the rule itself."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryWindows, ConfigError, Geometry
from bep_ref.networks.windows import shifted
from tests.ref.slow_windows import SlowWindows
from tests.ref.window_cases import batches, counters_of, geometries, networks


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(2, 4), st.booleans(), st.booleans())
def test_two_readings_of_the_rule_agree(case, classes, averaged, settled):
    options, rng = case
    counters = counters_of(options, classes, rng)
    net = BinaryWindows(**counters, **options, averaged=averaged)
    geometry = asdict(options.pop("geometry"))
    slow = SlowWindows(**{name: q.tolist() for name, q in counters.items()}, geometry=geometry, **options)
    for number, (x, y, shifts) in enumerate(batches({"geometry": net.network.geometry}, classes, rng)):
        net.settled = slow.settled = settled and number == 2
        assert net.train_batch(x, y, shifts).tolist() == slow.train_batch(x.tolist(), y.tolist(), shifts.tolist())
        assert net.counters.tolist() == slow.counters
        assert net.readout.tolist() == slow.readout
        assert net.generator.state == slow.state
    assert net.head.sums.tolist() == slow.sums
    assert net.predict(x).tolist() == slow.predict(x.tolist(), averaged)


def tiny(**changes):
    """One kernel, one place, a window of all four bits; class 0 is for a match, class 1 against it."""
    geometry = Geometry(shape=(1, 4, 1), window=(1, 4), places=(1, 1), kernels=1)
    options = {"counters": [[0, 0, -1, -1]], "readout": [[1], [-1]], "offsets": (0.0,), "gate": 0.5, "draw_bits": 1}
    return BinaryWindows(**{"geometry": geometry, **options, **changes})


def test_a_unit_that_speaks_for_the_class_learns_its_window_though_it_is_right():
    net, x = tiny(), np.array([[1, 1, -1, 1]])
    assert net.predict(x).tolist() == [0]
    batch = net.step(x, np.array([0]))
    assert (batch.predictions.tolist(), batch.triggered.tolist()) == ([0], [True])
    assert net.counters.tolist() == [[1, 1, -2, 0]]
    assert net.readout.tolist() == [[2], [-2]]


def test_a_unit_that_speaks_for_the_rival_unlearns_its_window():
    net = tiny()
    net.train_batch(np.array([[1, 1, -1, 1]]), np.array([1]))
    assert net.counters.tolist() == [[-1, -1, 0, -2]]
    assert net.readout.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    "changes",
    [
        {"margin": 1.0},  # a lead of 2, of one unit
        {"gate": 0.4},  # |z| = 2 of 4 bits
        {"readout": [[0], [0]]},  # a unit that speaks for nobody
    ],
)
def test_who_does_not_learn(changes):
    net = tiny(**changes)
    net.train_batch(np.array([[1, 1, -1, 1]]), np.array([0]))
    assert net.counters.tolist() == [[0, 0, -1, -1]]


def test_a_lead_of_exactly_the_margin_still_learns():
    assert tiny(margin=2.0).step(np.array([[1, 1, -1, 1]]), np.array([0])).triggered.tolist() == [True]
    assert tiny(margin=1.9).step(np.array([[1, 1, -1, 1]]), np.array([0])).triggered.tolist() == [False]


def test_thresholds_are_floors_below_zero_too():
    geometry = Geometry(shape=(1, 7, 1), window=(1, 7), places=(1, 1), kernels=1)
    net = BinaryWindows(np.zeros((1, 7)), np.zeros((2, 3)), geometry, offsets=(-0.1, 0.1, 0.2))
    assert net.network.thresholds == (-1, 0, 1)


def test_settled_kernels_rest_and_draw_no_word():
    net, x = tiny(), np.array([[1, 1, -1, 1]])
    net.settled, state = True, net.generator.state
    batch = net.step(x, np.array([0]))
    assert net.counters.tolist() == [[0, 0, -1, -1]]
    assert net.readout.tolist() == [[2], [-2]]
    assert (batch.triggered.tolist(), net.generator.state) == ([True], state)


def test_a_delayed_step_lands_one_sample_later_and_before_the_batch_ends():
    x, y = np.array([[1, 1, -1, 1]] * 3), np.array([1, 1, 1])
    at_once, late = tiny(), tiny(readout_delay=1)
    assert at_once.train_batch(x, y).tolist() == [0, 0, 1]  # 1 and -1, 0 and 0, -1 and 1
    assert late.train_batch(x, y).tolist() == [0, 0, 0]
    assert at_once.readout.tolist() == late.readout.tolist() == [[-2], [2]]


def test_a_shift_is_added_to_the_address():
    x = np.arange(12).reshape(1, 3, 4, 1)
    assert shifted(x, np.array([[1, 0]]))[0, :, :, 0].tolist() == [[4, 5, 6, 7], [8, 9, 10, 11], [-1] * 4]
    assert shifted(x, np.array([[0, -1]]))[0, :, :, 0].tolist() == [[-1, 0, 1, 2], [-1, 4, 5, 6], [-1, 8, 9, 10]]


@given(geometries(9))
def test_a_geometry_stays_inside_its_input(geometry):
    rows, columns, _ = geometry.shape
    windows = list(geometry.windows())
    assert len(windows) == geometry.place_count * geometry.pooled
    assert all(0 <= row <= rows - geometry.window[0] for row, _ in windows)
    assert all(0 <= column <= columns - geometry.window[1] for _, column in windows)
    regions = {geometry.region(place) for place in range(geometry.place_count)}
    assert len(regions) * geometry.kernels == geometry.kernel_count
    assert Geometry.from_dict(geometry.to_dict()) == geometry


def test_the_places_of_an_image_of_digits():
    geometry = Geometry(
        shape=(28, 28, 2), window=(7, 7), places=(5, 5), kernels=20, regions=(3, 3), pool=(2, 2), spacing=2
    )
    assert sorted({row for row, _ in geometry.corners()}) == [1, 5, 9, 13, 17]
    assert list(geometry.windows())[:4] == [(1, 1), (1, 3), (3, 1), (3, 3)]
    assert [geometry.region(place) for place in range(10)] == [0, 0, 1, 1, 2] * 2
    assert (geometry.fan_in, geometry.kernel_count, geometry.rows) == (98, 180, 2000)


GEOMETRY = {"shape": (5, 5, 1), "window": (3, 3), "places": (2, 2), "kernels": 2}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"shape": (5, 5)}, "shape: (5, 5) is out of range; it must be 3 sizes of 1 to 65536"),
        ({"window": (6, 3)}, "window: 6 of 5 rows is out of range; it must be 2 sizes from 1 to the input's"),
        ({"places": (2, 4)}, "places: 4 where 3 column corners are free is out of range; it must be 2 counts"),
        ({"kernels": 0}, "kernels: 0 is out of range; it must be 1 to 4096"),
        ({"regions": (3, 1)}, "regions: 3 of 2 rows is out of range; it must be 2 counts from 1 to the places"),
        ({"pool": (1, 4)}, "pool: 4 windows of 3, 1 apart, in 5 columns is out of range"),
        ({"spacing": 0}, "spacing: 0 is out of range; it must be 1 to 65536"),
    ],
)
def test_geometries_that_cannot_be_are_named(change, expected):
    with pytest.raises(ConfigError) as error:
        Geometry(**GEOMETRY | change)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"counters": [[0, 0]]}, "counters of kernels: shape (1, 2); it must be (1, 4)"),
        ({"readout": [[0, 0], [0, 0]]}, "counters of readout: shape (2, 2); it must be (2, 1)"),
        ({"readout": [[0], [512]]}, "counters of readout: 0 to 512; they must be -512 to 511"),
        ({"offsets": (0.2, 0.1)}, "offsets: [0.2, 0.1] is out of range; it must be 1 to 16 different numbers"),
        ({"selection": "all"}, "selection: all is out of range; it must be draw or group"),
        ({"draw_bits": 17}, "draw_bits: 17 is out of range; it must be 1 to 16 bits"),
        ({"readout_bits": 1}, "readout: 1 is out of range; it must be 2 to 16 bits"),
    ],
)
def test_networks_that_cannot_be_are_named(change, expected):
    with pytest.raises(ConfigError) as error:
        tiny(**change)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("x", "y", "shifts", "expected"),
    [
        ([[1, 1, 1]], [0], None, "samples: x has shape (1, 3); it must be (n, 4)"),
        ([[1, 1, 1, 1]], [0, 1], None, "samples: 1 samples and y of shape (2,); y must be (n,)"),
        ([[1, 1, 1, 1]], [2], None, "labels: 2 to 2; they must be 0 to 1"),
        ([[1, 1, 1, 1]], [0], [[1, 0], [0, 0]], "shifts: shape (2, 2); it must be (1, 2)"),
    ],
)
def test_samples_that_do_not_fit_are_named(x, y, shifts, expected):
    with pytest.raises(ConfigError) as error:
        tiny().train_batch(np.array(x), np.array(y), shifts)
    assert expected in str(error.value)
