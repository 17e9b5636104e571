"""Patches: which inputs a neuron sees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_ref import BinaryMlp, ConfigError
from bep_ref.config import Network, Patches
from bep_ref.datasets import load
from bep_ref.runs.task import prepare

SIZES = st.integers(1, 12)


@given(SIZES, SIZES, st.integers(1, 3), st.data())
def test_a_patch_holds_the_bits_of_its_pixels_in_order(rows, columns, bits, data):
    side = data.draw(st.integers(1, min(rows, columns)))
    patches = Patches(rows, columns, side, bits)
    pixels = np.arange(rows * columns * bits).reshape(rows, columns, bits)
    neurons = patches.count + 3
    assert patches.inputs(neurons).shape == (neurons, patches.fan_in)
    for (row, column), inputs in zip(patches.corners(neurons), patches.inputs(neurons), strict=True):
        assert inputs.tolist() == pixels[row : row + side, column : column + side].ravel().tolist()


@given(SIZES, SIZES, st.data())
def test_every_position_comes_before_any_comes_twice(rows, columns, data):
    patches = Patches(rows, columns, data.draw(st.integers(1, min(rows, columns))), 1)
    corners = [tuple(corner) for corner in patches.corners(2 * patches.count)]
    assert len(set(corners[: patches.count])) == patches.count
    assert corners[: patches.count] == corners[patches.count :]


def test_a_network_says_what_its_neurons_see():
    network = Network(inputs=3 * 64, hidden=(20, 5), classes=10, patch=4, image=(8, 8), readout=12)
    assert network.shapes == ((20, 48), (5, 20))
    assert str(network) == "192-20@4x4-5-10 with a 12-bit read-out"
    assert Network.from_dict(network.to_dict()) == network


def test_neurons_learn_only_from_what_they_see():
    rng = np.random.default_rng(1)
    options = {"group_size": [4], "patch": 2, "image": (4, 4), "gate": 1.0, "margin": 2.0}
    net = BinaryMlp([rng.integers(-9, 9, (8, 4))], rng.choice([-1, 1], (3, 8)), **options)
    x, before = rng.choice([-1, 1], (1, 16)), net.counters[0].copy()
    (won,) = net.step(x, np.array([1])).winners
    assert won.any()
    corners = net.network.patches.corners(8)
    for j, (row, column) in enumerate(corners):
        seen = x.reshape(4, 4)[row : row + 2, column : column + 2].ravel()
        assert (net.counters[0][j] - before[j]).tolist() == (won[0, j] * net.classifier[1, j] * seen).tolist()


@pytest.mark.parametrize(
    ("data", "change", "expected"),
    [
        ("digits", {"patch": 9}, "patch: 9 is out of range; it must be 0 (it sees all inputs) or 1 pixel"),
        ("prototypes:bits=9", {"patch": 2}, "patch: prototypes:bits=9 holds no images, which patches are of"),
        ("digits", {"readout": 1}, "readout: 1 is out of range; it must be 0 (no read-out) or 2 to 16 bits"),
        ("digits", {"settle_after": 5}, "settle_after: 5 needs a read-out"),
    ],
)
def test_settings_that_do_not_suit_are_named(data, change, expected):
    with pytest.raises(ConfigError) as error:
        prepare(load(data), {"hidden": (8,)} | change)
    assert expected in str(error.value)
