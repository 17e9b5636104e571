"""The packed engine against the readable one, bit for bit, over random shapes and whole runs."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryMlp, ConfigError
from bep_ref.config import RULES, divisors
from bep_ref.networks.engines import engine
from bep_ref.networks.initial import initial_net
from bep_ref.networks.readout import Readout
from bep_ref.packed.mlp import PackedMlp
from bep_ref.packed.packing import pack
from bep_ref.runs.train import Trainer
from tests.ref.small_run import same_state, task

WIDTHS = st.one_of(st.sampled_from([2, 63, 64, 65, 128, 192]), st.integers(2, 200))
SHARES = st.floats(0, 1)


@st.composite
def networks(draw, plain=True):
    """Options of one network, ``plain`` or perhaps with a read-out, and a generator for its samples."""
    hidden = draw(st.lists(WIDTHS, min_size=1, max_size=3))
    inputs = draw(st.one_of(st.sampled_from([1, 64, 256, 320]), st.integers(1, 330)))
    bits = draw(st.integers(2, 16))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    # counters near zero change signs, those near their limits saturate
    spread = min(draw(st.sampled_from([1, 3, 40, 1 << 15])), 1 << (bits - 1))
    shapes = zip(hidden, [inputs, *hidden[:-1]], strict=True)
    classes = draw(st.integers(2, 12))
    read = 0 if plain else draw(st.sampled_from([0, 2, 9]))
    return {
        "counters": [rng.integers(-spread, spread, shape) for shape in shapes],
        "classifier": rng.choice([-1, 1], (classes, hidden[-1])),
        "margin": draw(st.floats(0, 2)),
        "gate": draw(SHARES),
        "dead_zone": draw(st.one_of(st.none(), st.integers(0, 12))),
        "group_size": [draw(st.sampled_from(divisors(width))) for width in hidden],
        "counter_bits": bits,
        "seed": draw(st.integers(1, 2**32 - 1)),
        "walk_block": draw(st.integers(1, 80)),
        "readout": Readout.untrained(classes, hidden[-1], read) if read else None,
    }, rng


def assert_same_state(readable, packed):
    assert [q.tolist() for q in packed.counters] == [q.tolist() for q in readable.counters]
    assert [w.tolist() for w in packed.weights] == [w.tolist() for w in readable.weights]
    assert packed.generator.state == readable.generator.state
    if readable.head:
        assert packed.head.counters.tolist() == readable.head.counters.tolist()
        assert packed.head.sums.tolist() == readable.head.sums.tolist()


@settings(max_examples=150, deadline=None)
@given(
    networks(plain=False),
    st.sampled_from(tuple(RULES)),
    st.integers(1, 40),
    st.lists(st.one_of(st.none(), st.floats(0, 0.3)), min_size=1, max_size=4),
)
def test_same_bits_as_the_readable_engine(network, rule, samples, reinforcement):
    options, rng = network
    if rule == "local":
        last = options.pop("classifier")
        lower = [rng.choice([-1, 1], (len(last), len(q))) for q in options["counters"][:-1]]
        options |= {"rule": rule, "classifiers": [*lower, last]}
    readable = BinaryMlp(**options)
    packed = PackedMlp(**options | {"readout": readable.head and readable.head.copy()})
    for chance in reinforcement:
        x = rng.choice([-1, 1], (samples, readable.network.inputs))
        y = rng.integers(0, readable.network.classes, samples)
        chances = None if chance is None else [chance * rng.random() for _ in options["group_size"]]
        expected, batch = readable.step(x, y, chances), packed.step(x, y, chances)
        assert batch.predictions.tolist() == expected.predictions.tolist()
        assert batch.triggered.tolist() == expected.triggered.tolist()
        assert [won.tolist() for won in batch.winners] == [won.tolist() for won in expected.winners]
        assert batch.reinforced == expected.reinforced
        assert_same_state(readable, packed)
        assert packed.scores(x).tolist() == readable.scores(x).tolist()
        assert packed.predict(x).tolist() == readable.predict(x).tolist() == packed.scores(x).argmax(axis=1).tolist()


def test_samples_packed_once_are_taken_out_like_those_of_an_array():
    rng = np.random.default_rng(2)
    options = {"counters": [rng.integers(-9, 9, (8, 70))], "classifier": rng.choice([-1, 1], (3, 8)), "group_size": [4]}
    readable, packed = BinaryMlp(**options), PackedMlp(**options)
    x, y = rng.choice([-1, 1], (30, 70)), rng.integers(0, 3, 30)
    loaded, shuffled = packed.load(x), rng.permutation(30)
    for part in (slice(3, 11), shuffled[:9], slice(None, None, 4)):
        assert packed.train_batch(loaded[part], y[part]).tolist() == readable.train_batch(x[part], y[part]).tolist()
    assert_same_state(readable, packed)
    assert packed.predict(loaded).tolist() == readable.predict(x).tolist()


@pytest.mark.parametrize("rule", RULES)
def test_whole_run_has_the_same_bits(rule):
    learned = task(rule=rule)
    readable = Trainer(learned, initial_net(learned.network, learned.training, "readable"))
    packed = Trainer(learned)
    for trainer in (readable, packed):
        trainer.run()
    assert type(packed.net) is PackedMlp
    assert same_state(readable, packed)


def test_a_row_is_packed_lowest_bit_first_and_padded_with_zeros():
    row = -np.ones((1, 70), dtype=int)
    row[0, [0, 9, 63, 64, 69]] = 1
    assert pack(row).tolist() == [[1 | 1 << 9 | 1 << 63, 1 | 1 << 5]]


@pytest.mark.parametrize("narrow", [8, 9])
def test_counters_are_as_narrow_as_their_bits(narrow):
    net = PackedMlp([np.zeros((2, 1))], [[1, 1], [1, -1]], group_size=[1], counter_bits=narrow)
    assert net.counters[0].dtype.itemsize == (narrow + 7) // 8


def test_samples_of_another_width_are_refused():
    net = PackedMlp([np.zeros((2, 65))], [[1, 1], [1, -1]], group_size=[1])
    for x in (np.ones((1, 64)), np.ones(65)):
        with pytest.raises(ConfigError, match=r"samples: x has shape .*; it must be \(n, 65\)"):
            net.predict(x)


def test_group_sizes_that_do_not_divide_are_refused():
    net = PackedMlp([np.zeros((6, 3))], [[1] * 6, [-1] * 6], group_size=[3])
    net.group_size = [4]
    with pytest.raises(ConfigError, match="group_size: 4 does not divide layer 1's 6 neurons"):
        net.train_batch(np.ones((1, 3)), np.array([0]))


def test_engines_by_name():
    assert engine() is engine("packed") is PackedMlp
    assert engine("readable") is BinaryMlp
    with pytest.raises(ConfigError, match="engine: 'gpu' is not known; known are auto, packed, readable"):
        engine("gpu")


def test_without_numba_the_readable_engine_trains(monkeypatch):
    monkeypatch.setitem(sys.modules, "bep_ref.packed.engines", None)  # importing it fails
    assert engine() is BinaryMlp
    with pytest.raises(ConfigError, match=r"engine: packed needs numba .*: \S+ -m pip install .*\[fast\]"):
        engine("packed")
