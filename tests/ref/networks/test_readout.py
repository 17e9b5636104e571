"""The integer read-out: a second reading of its rule, and runs that carry it."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_ref import ConfigError
from bep_ref.datasets import load
from bep_ref.networks.initial import assemble, initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.readout import Readout
from bep_ref.packed.mlp import PackedMlp
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.model import Model
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.ref.small_run import same_state

SETTINGS = {"hidden": (48,), "readout": 6, "settle": 0.4, "epochs": 5, "seed": 3, "group_size": (8,)}


@cache
def task():
    return prepare(load("digits"), SETTINGS)


@cache
def finished():
    """The run of `task`, done. Do not change it."""
    trainer = Trainer(task())
    trainer.run()
    return trainer


def slow_learn(counters, samples, labels, low, high):
    """The rule with plain lists, one counter at a time; the predictions."""
    predictions = []
    for a, y in zip(samples, labels, strict=True):
        scores = [sum(r * s for r, s in zip(row, a, strict=True)) for row in counters]
        predictions.append(scores.index(max(scores)))
        rival = max((c for c in range(len(scores)) if c != y), key=lambda c: (scores[c], -c))
        if scores[y] <= scores[rival]:
            counters[y] = [min(r + s, high) for r, s in zip(counters[y], a, strict=True)]
            counters[y] = [max(r, low) for r in counters[y]]
            counters[rival] = [max(low, min(r - s, high)) for r, s in zip(counters[rival], a, strict=True)]
    return predictions


@given(st.integers(2, 5), st.integers(1, 9), st.integers(2, 5), st.integers(0, 2**32))
def test_two_readings_of_the_rule_agree(classes, width, bits, seed):
    rng = np.random.default_rng(seed)
    readout = Readout.untrained(classes, width, bits)
    slow, sums = readout.counters.tolist(), np.zeros((classes, width), int)
    for _ in range(4):
        a, y = rng.choice([-1, 1], (9, width)), rng.integers(0, classes, 9)
        assert readout.learn(a, y).tolist() == slow_learn(slow, a.tolist(), y.tolist(), *readout.limits)
        assert readout.counters.tolist() == slow
        sums += np.array(slow)
        assert readout.sums.tolist() == sums.tolist()
        assert readout.predict(a).tolist() == (a @ sums.T).argmax(axis=1).tolist()


def test_both_engines_make_the_same_run():
    assert type(finished().net) is PackedMlp
    readable = Trainer(task(), initial_net(task().network, task().training, "readable"))
    readable.run()
    assert same_state(readable, finished())
    assert_same_readouts(readable, finished())


def assert_same_readouts(one, other):
    for first, second in ((one.net.head, other.net.head), (one.best_readout, other.best_readout)):
        assert first.counters.tolist() == second.counters.tolist()
        assert first.sums.tolist() == second.sums.tolist()


def test_settled_weights_rest_while_the_readout_learns():
    history = finished().history
    assert [epoch.triggered > 0 for epoch in history] == [True, True, True, False, False]
    assert all(epoch.reinforced == epoch.winners == 0 for epoch in history[3:])
    assert history[-1].train_accuracy > history[2].train_accuracy


def test_sums_are_those_of_one_epoch():
    trainer, seen = Trainer(prepare(load("digits"), SETTINGS | {"epochs": 2})), []
    trainer.run(on_batch=lambda: seen.append(trainer.net.head.counters.copy()))
    assert trainer.net.head.sums.tolist() == np.sum(seen[len(seen) // 2 :], axis=0).tolist()


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path, after):
    def stop(trainer):
        if len(trainer.history) == after:
            raise KeyboardInterrupt

    short = Trainer(task())
    with pytest.raises(KeyboardInterrupt):
        short.run(stop)
    save_checkpoint(tmp_path / "checkpoint.npz", short)
    trainer = Saved.read(tmp_path / "checkpoint.npz").resume({"epochs": 5})
    trainer.run()
    assert same_state(trainer, finished())
    assert_same_readouts(trainer, finished())


def test_a_model_file_predicts_by_its_readout(tmp_path):
    finished().model.save(tmp_path / "model.npz")
    model, data = Model.load(tmp_path / "model.npz"), load("digits")
    predictions = model.predict(data.x_test)
    assert (predictions == finished().model.predict(data.x_test)).all()
    assert (predictions == data.y_test).mean() > 0.8
    x = model.binariser(data.x_test)
    _, activations, _ = BinaryMlp.forward(model.net(), x)
    scores = activations[-1].astype(int) @ model.readout.sums.T
    for name in ("packed", "readable"):
        parts = model.network, model.training, model.counters, model.classifiers, 1, name, model.readout
        assert assemble(*parts).scores(x).tolist() == scores.tolist()
    assert model.scores(data.x_test).tolist() == scores.tolist()
    net = model.net()
    net.head = None
    assert (net.predict(model.binariser(data.x_test)) != predictions).any()


@pytest.mark.parametrize(("value", "expected"), [(-3, "readout: counters of -3 to 0; they must be -2 to 1")])
def test_counters_out_of_range_are_refused(value, expected):
    with pytest.raises(ConfigError, match=expected):
        Readout([[value, 0]], [[0, 0]], 2)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ConfigError, match=r"readout: counters \(1, 2\) and sums \(2,\); they must be alike"):
        Readout([[0, 0]], [0, 0], 2)
    other = Readout([[0, 0]], [[0, 0]], 2)
    with pytest.raises(ConfigError, match=r"readout: counters of shape \(1, 2\); it must be \(2, 4\)"):
        BinaryMlp([np.zeros((4, 3))], np.ones((2, 4)), group_size=[2], readout=other)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"readout": 1}, "readout: 1 is out of range; it must be 0 (no read-out) or 2 to 16 bits"),
        ({"settle": 0.2}, "settle: 0.2 needs a read-out"),
        ({"settle": 2, "readout": 8}, "settle: 2.0 is out of range; it must be 0 to 1 (fraction of the epochs)"),
    ],
)
def test_settings_that_do_not_suit_are_named(change, expected):
    with pytest.raises(ConfigError) as error:
        prepare(load("digits"), {"hidden": (8,)} | change)
    assert expected in str(error.value)
