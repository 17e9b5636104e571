"""The packed engine of recurrent networks against the readable one, bit for bit, over random shapes and whole runs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryRnn, ConfigError, RecurrentNetwork
from bep_ref.config import divisors
from bep_ref.datasets import load
from bep_ref.networks.engines import engine
from bep_ref.networks.initial import initial_net
from bep_ref.packed.rnn import PackedRnn
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.ref.small_run import same_state
from tests.ref.small_series import SETTINGS, write_archive

WIDTHS = st.one_of(st.sampled_from([2, 63, 64, 65, 128]), st.integers(2, 140))


@st.composite
def networks(draw):
    """Options of one network, and a generator for its samples."""
    inputs = draw(st.one_of(st.sampled_from([1, 64, 256]), st.integers(1, 270)))
    state, output, bits = draw(WIDTHS), draw(WIDTHS), draw(st.integers(2, 16))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    # counters near zero change signs, those near their limits saturate
    spread = min(draw(st.sampled_from([1, 3, 40, 1 << 15])), 1 << (bits - 1))
    shapes = {"xs": (state, inputs), "ss": (state, state), "sy": (output, state)}
    return {
        "counters": {name: rng.integers(-spread, spread, shape) for name, shape in shapes.items()},
        "classifier": rng.choice([-1, 1], (draw(st.integers(2, 12)), output)),
        "margin": draw(st.floats(0, 2)),
        "gate": draw(st.one_of(st.just(0.05), st.floats(0, 1))),
        "group_size": {
            "state": draw(st.sampled_from(divisors(state))),
            "output": draw(st.sampled_from(divisors(output))),
        },
        "counter_bits": bits,
        "seed": draw(st.integers(1, 2**32 - 1)),
        "walk_block": draw(st.integers(1, 80)),
        "dead_zone": draw(st.one_of(st.none(), st.integers(0, 12))),
        "clock": draw(st.sampled_from([1, 1, 2, 3, 7, 9])),
        "steps": 9,
    }, rng


def sequences(rng, inputs, lengths):
    """Random sequences (n, longest, inputs) of ±1, 0 after their ends."""
    x = rng.choice(np.array([-1, 1], np.int8), (len(lengths), max(lengths), inputs))
    x[np.arange(max(lengths)) >= np.array(lengths)[:, None]] = 0
    return x


@settings(max_examples=150, deadline=None)
@given(
    networks(),
    st.lists(st.integers(1, 9), min_size=1, max_size=30),
    st.lists(st.one_of(st.none(), st.floats(0, 0.3)), min_size=1, max_size=4),
)
def test_same_bits_as_the_readable_engine(network, lengths, reinforcement):
    options, rng = network
    readable, packed = BinaryRnn(**options), PackedRnn(**options)
    for chance in reinforcement:
        x = sequences(rng, readable.network.inputs, lengths)
        y = rng.integers(0, readable.network.classes, len(lengths))
        chances = None if chance is None else [chance * rng.random() for _ in range(3)]
        expected, batch = readable.step(x, y, chances), packed.step(x, y, chances)
        assert batch.predictions.tolist() == expected.predictions.tolist()
        assert batch.triggered.tolist() == expected.triggered.tolist()
        assert [won.tolist() for won in batch.winners] == [won.tolist() for won in expected.winners]
        assert batch.reinforced == expected.reinforced
        for name, q in readable.counters.items():
            assert packed.counters[name].tolist() == q.tolist()
            assert packed.weights[name].tolist() == readable.weights[name].tolist()
        assert packed.generator.state == readable.generator.state
        assert packed.scores(x).tolist() == readable.scores(x).tolist()
        assert packed.predict(x).tolist() == readable.predict(x).tolist() == packed.scores(x).argmax(axis=1).tolist()


@pytest.mark.parametrize("changes", [{}, {"counter_bits": 4, "sigma": 2.0, "gate": 0.3, "state": 128, "output": 64}])
def test_whole_run_has_the_same_bits(tmp_path, changes):
    schedule = {"epochs": 8, "patience": 1, "group_limit": 1.0}
    learned = prepare(load(write_archive(tmp_path)), SETTINGS | schedule | changes)
    readable = Trainer(learned, initial_net(learned.network, learned.training, "readable"))
    packed = Trainer(learned)
    for trainer in (readable, packed):
        trainer.run()
    assert (type(readable.net), type(packed.net)) == (BinaryRnn, PackedRnn)
    assert same_state(readable, packed)
    assert packed.history[-1].group_size != packed.history[0].group_size, "the schedule is part of the comparison"


def small(engine_class, **options):
    counters = {"xs": np.zeros((6, 70)), "ss": -np.ones((6, 6)), "sy": np.zeros((4, 6))}
    sizes = {"state": 3, "output": 4}
    return engine_class(counters, [[1] * 4, [1, -1] * 2], group_size=sizes, **options)


def test_sequences_packed_once_are_taken_out_like_those_of_an_array():
    rng = np.random.default_rng(2)
    readable, packed = small(BinaryRnn), small(PackedRnn)
    x, y = sequences(rng, 70, rng.integers(1, 6, 30)), rng.integers(0, 2, 30)
    loaded, shuffled = packed.load(x), rng.permutation(30)
    assert (loaded.shape, len(loaded)) == (x.shape, 30)
    for part in (slice(3, 11), shuffled[:9], slice(None, None, 4)):
        assert packed.train_batch(loaded[part], y[part]).tolist() == readable.train_batch(x[part], y[part]).tolist()
    assert packed.predict(loaded).tolist() == readable.predict(x).tolist()
    assert all((packed.counters[name] == q).all() for name, q in readable.counters.items())


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((2, 70)), [0, 1], "x has shape (2, 70); it must be (n, steps, 70)"),
        (np.ones((2, 5, 70)), [0, 1], "samples: 5 steps is out of range; the network holds 1 to 4"),
        (np.ones((2, 2, 70)), [0], "y (1,); y must be (n,)"),
        (np.ones((1, 2, 70)), [3], "labels: 3 to 3; they must be 0 to 1"),
        (np.array([[[1] * 70, [0] * 70, [1] * 70]]), [0], "a step of zeros before the end of its sequence"),
    ],
)
def test_bad_samples_are_refused_before_anything_changes(x, y, message):
    net, untouched = small(PackedRnn, steps=4), small(PackedRnn)
    with pytest.raises(ConfigError) as error:
        net.train_batch(x, np.array(y))
    assert message in str(error.value)
    assert all((net.counters[name] == q).all() for name, q in untouched.counters.items())


def test_group_sizes_that_do_not_divide_are_refused():
    net = small(PackedRnn)
    net.group_size = [4, 4]
    with pytest.raises(ConfigError, match="group_size: 4 does not divide layer 1's 6 neurons"):
        net.train_batch(np.ones((1, 1, 70)), np.array([0]))


def test_engines_by_name():
    assert engine("auto", RecurrentNetwork) is engine("packed", RecurrentNetwork) is PackedRnn
    assert engine("readable", RecurrentNetwork) is BinaryRnn
