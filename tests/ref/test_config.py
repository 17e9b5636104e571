"""The configuration refuses what it cannot mean, and names the field, the value and the limit."""

import math

import pytest

from bep_ref import ConfigError, Machine, Network, Training
from bep_ref.config import default_group_sizes, gate_threshold, margin_threshold


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inputs", 0),
        ("hidden", ()),
        ("hidden", (1,)),
        ("hidden", (4,) * 9),
        ("classes", 1),
        ("classes", 257),
        ("counter_bits", 1),
        ("counter_bits", 17),
    ],
)
def test_network_limits(field, value):
    with pytest.raises(ConfigError, match=f"^{field}: .* is out of range; it must be "):
        Network(**{"inputs": 4, "hidden": (8,), "classes": 2} | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("margin", -0.1),
        ("margin", 2.1),
        ("gate", 1.1),
        ("gate", math.nan),
        ("group_size", (0,)),
        ("reinforcement", 2),
        ("batch_size", 0),
        ("epochs", 0),
        ("patience", -1),
        ("group_limit", 0),
        ("shuffle_bits", 8),
        ("shuffle_bits", 17),
        ("validation", 0),
        ("validation", 1),
        ("sigma", 0),
        ("seed", -1),
        ("seed", 2**32),
    ],
)
def test_training_limits(field, value):
    with pytest.raises(ConfigError, match=f"^{field}: .* is out of range; it must be "):
        Training(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lanes", 0),
        ("lanes", 4104),
        ("update_lanes", 0),
        ("update_lanes", 5),
        ("update_lanes", 24),  # no two banks in a word of 24
        ("backward_lanes", -1),
        ("backward_lanes", 4097),
        ("z_buffers", 0),
        ("z_buffers", 3),
        ("slots", 3),
        ("hits_ahead", 1),
        ("hits_ahead", 48),
        ("hits_ahead", 16384),
        ("cache_samples", 256),
        ("cache_samples", 65536),
    ],
)
def test_machine_limits(field, value):
    with pytest.raises(ConfigError, match=f"^{field}: .* is out of range; it must be "):
        Machine(**{"lanes": 24, "update_lanes": 4, "spram": True} | {field: value})


def test_the_widest_slice_of_a_word_is_half_of_it_with_two_banks():
    assert Machine(lanes=24, update_lanes=24).update_lanes == 24
    assert Machine(lanes=24, update_lanes=12, spram=True).update_lanes == 12


def test_hardware_that_only_infers_has_no_cache():
    with pytest.raises(ConfigError, match=r"^cache_samples: 1000 is out of range"):
        Machine(lanes=24, training=False, cache_samples=1000)


def test_round_trip_through_plain_types():
    network, training = Network(4, (8, 6), 3, 5), Training(group_size=(4, 3))
    machine = Machine(lanes=24, hits_ahead=8, spram=True)
    assert Network.from_dict(network.to_dict()) == network
    assert Training.from_dict(training.to_dict()) == training
    assert Machine.from_dict(machine.to_dict()) == machine


def test_unknown_and_missing_fields_are_named():
    with pytest.raises(ConfigError, match="unknown field 'speed'"):
        Training.from_dict({"speed": 1})
    with pytest.raises(ConfigError, match="classes"):
        Network.from_dict({"inputs": 1, "hidden": [2]})


def test_shapes():
    network = Network(192, (128, 64), 10)
    assert network.shapes == ((128, 192), (64, 128))
    assert network.synapses == 128 * 192 + 64 * 128
    assert network.counter_range == (-128, 127)
    assert str(network) == "192-128-64-10"


def test_thresholds_are_integers_rounded_as_documented():
    assert gate_threshold(0.2, 784) == 156
    assert margin_threshold(0.3, 96) == 29


@pytest.mark.parametrize(("width", "expected"), [(128, 16), (35, 7), (75, 15), (96, 16), (97, 1), (36, 18)])
def test_default_group_size_is_the_divisor_nearest_to_fifteen(width, expected):
    assert default_group_sizes((width,)) == (expected,)
