"""The configuration refuses what it cannot mean, and names the field, the value and the limit."""

import json
import math
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import NoneType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_ref import ConfigError, Machine, Network, Training
from bep_ref.config import (
    Geometry,
    RecurrentNetwork,
    SeriesInput,
    WindowNetwork,
    WindowTraining,
    Workload,
    default_group_sizes,
    gate_threshold,
    margin_threshold,
)
from bep_ref.config.convert import UnsuitableError, convert
from bep_ref.config.record import Record


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
        ("dead_zone", -1),
        ("dead_zone", 8193),
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


RECORDS = {
    Network: Network(12, (8, 6), 3, readout=4),
    RecurrentNetwork: RecurrentNetwork(4, 8, 6, 3),
    SeriesInput: SeriesInput(2, 1, 0),
    Training: Training(margin=0.25, group_size=(4, 3), validation=0.5),
    Machine: Machine(24),
    Workload: Workload(triggered=0.5),
    Geometry: Geometry((8, 8, 2), (3, 3), (2, 2), 4),
    WindowNetwork: WindowNetwork(Geometry((8, 8, 2), (3, 3), (2, 2), 4), 3, (0.25, 0.5)),
    WindowTraining: WindowTraining(margin=0.25),
}
"""One of every configuration."""
PLAIN = {bool, int, float, str, NoneType}


def subclasses(record):
    return {record}.union(*map(subclasses, record.__subclasses__()))


def test_every_configuration_is_among_the_examples():
    assert {record for record in subclasses(Record) if is_dataclass(record)} == set(RECORDS)


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: type(record).__name__)
def test_scalars_of_numpy_become_plain_types(record):
    """What searches hand over is saved as JSON, and equal to what was meant."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    arrays = {name: np.array(value) for name, value in values.items() if not isinstance(value, Record | None)}
    made = type(record)(**values | {name: array if array.ndim else array[()] for name, array in arrays.items()})
    assert made == record
    for name in arrays:
        value = getattr(made, name)
        assert all(type(part) in PLAIN for part in (value if isinstance(value, tuple) else (value,)))
    assert type(record).from_dict(json.loads(json.dumps(made.to_dict()))) == record


@given(
    st.sampled_from([np.int8, np.uint8, np.int64, np.float16, np.float32, np.float64, int, Fraction]),
    st.integers(2, 100),
)
def test_any_kind_of_whole_number_is_an_integer(kind, value):
    made = Training(epochs=kind(value)).epochs
    assert (made, type(made)) == (value, int)


@given(st.sampled_from([np.float16, np.float32, np.float64]), st.floats(0, 1))
def test_any_kind_of_real_number_is_a_float_of_the_same_value(kind, value):
    made = Training(gate=kind(value)).gate
    assert (made, type(made)) == (kind(value), float)


@pytest.mark.parametrize(
    "hidden", [16, np.int32(16), [16], (16,), np.array([16]), np.array(16), range(16, 17), iter([16])]
)
def test_one_number_is_one_layer(hidden):
    assert Network(4, hidden, 2).hidden == (16,)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("epochs", 3.5, "3.5 is not a whole number; it must be at least 1 epoch"),
        ("epochs", np.float32(3.5), "3.5 is not a whole number"),
        ("epochs", math.inf, "inf is not a whole number"),
        ("epochs", True, "True is not a whole number"),
        ("epochs", np.True_, "True is not a whole number"),
        ("epochs", "3", "'3' is not a whole number"),
        ("epochs", np.array([3]), "array([3]) is not a whole number"),
        ("epochs", None, "None is not a whole number"),
        ("margin", "0.5", "'0.5' is not a number; it must be 0 to 2"),
        ("margin", 1j, "1j is not a number"),
        ("margin", False, "False is not a number"),
        ("margin", 10**400, f"{'1' + '0' * 59}... is too large"),
        ("rule", 1, "1 is not a text; it must be bep or local"),
        ("group_size", (4, 2.5), "2.5 is not a whole number; it must be at least 1 neuron"),
        ("group_size", "16", "'16' is not a whole number"),
        ("group_size", np.eye(40), "array([1., 0., "),
    ],
)
def test_values_of_another_type_are_refused_in_one_line(field, value, why):
    with pytest.raises(ConfigError) as refused:
        Training(**{field: value})
    assert str(refused.value).startswith(f"{field}: {why}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [1, 0.0, "true", None])
def test_a_switch_is_true_or_false(value):
    with pytest.raises(ConfigError, match=r"^spram: .* is neither true nor false; it must be true or false$"):
        Machine(24, spram=value)
    assert Machine(24, spram=np.True_).spram is True


def test_where_none_is_allowed_it_stays_and_other_values_are_converted():
    assert convert(None, int | None) is None
    assert type(convert(np.int8(3), int | None)) is int
    assert convert([0.5, np.float32(1)], tuple[float, ...] | None) == (0.5, 1.0)
    with pytest.raises(UnsuitableError, match=r"^2.5 is not a whole number$"):
        convert(2.5, int | None)


def test_fields_that_are_gone_are_read_where_they_meant_nothing():
    network = Network(12, (8, 6), 3)
    assert Network.from_dict(network.to_dict() | {"patch": 0, "image": []}) == network
    assert Training.from_dict({"settle_after": 0}) == Training()
    with pytest.raises(ConfigError, match="Network: unknown field 'patch'"):
        Network.from_dict(network.to_dict() | {"patch": 4, "image": []})
