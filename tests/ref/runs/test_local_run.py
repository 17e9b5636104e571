"""Runs with local error signals: learned, stored, resumed."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import load
from bep_ref.networks.initial import initial_net
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.model import Model
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.ref.small_run import SPEC, same_state, task


def run(**changes):
    trainer = Trainer(task(**{"rule": "local", "hidden": (60, 50), "patience": 0} | changes))
    trainer.run()
    return trainer


def test_learns_and_a_stored_model_is_whole(tmp_path):
    trainer = run()
    assert accuracy(trainer.model.net(), trainer.task.test.x, trainer.task.test.y) > 0.8
    trainer.model.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    assert [p.shape for p in model.classifiers] == [(4, 60), (4, 50)]
    for one, other in zip(model.net().classifiers, trainer.net.classifiers, strict=True):
        assert (one == other).all()
    data = load(SPEC)
    assert (model.predict(data.x_test) == trainer.model.predict(data.x_test)).all()


def test_resumed_run_ends_with_the_same_bits(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.npz", run(epochs=2))
    trainer = Saved.read(tmp_path / "checkpoint.npz").resume({"epochs": 5, "rule": "local"})
    trainer.run()
    assert same_state(run(), trainer)
    with pytest.raises(ConfigError, match="resume: rule: bep differs from the run"):
        Saved.read(tmp_path / "checkpoint.npz").resume({"rule": "bep"})


def test_the_rules_own_defaults_yield_to_explicit_settings():
    plain = prepare(load(SPEC), {"hidden": (24, 16), "rule": "local"}).training
    assert (plain.margin, plain.patience) == (0.25, 0)
    assert task(rule="local", margin=0.4).training.margin == 0.4
    assert prepare(load(SPEC), {"hidden": (24, 16)}).training.margin == 0.5


def test_classifiers_are_random_one_a_layer_and_of_the_seed():
    first, again, other = (initial_net(t.network, t.training) for t in map(_wide, (1, 1, 2)))
    for p, q, r in zip(first.classifiers, again.classifiers, other.classifiers, strict=True):
        assert (p == q).all()
        assert (p != r).any()
        assert abs(np.mean(p)) < 0.2, "uniform"
    assert (first.classifiers[0] != first.classifiers[1]).any()


def _wide(seed):
    return task(rule="local", hidden=(200, 200), seed=seed)


def test_unknown_rule_is_refused():
    with pytest.raises(ConfigError, match="rule: hebb is out of range; it must be bep or local"):
        task(rule="hebb")
