"""Runs on time series: learned, kept, resumed, stored and used on raw values again."""

import hashlib

import numpy as np
import pytest

from bep_ref import ConfigError, RecurrentNetwork
from bep_ref.config import NONE, Training
from bep_ref.datasets import load
from bep_ref.networks.reinforce import probability
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.model import Model
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.ref.small_run import same_state
from tests.ref.small_series import SETTINGS, run, write_archive


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return run(tmp_path_factory.mktemp("series"))


def test_shape_follows_from_data_and_settings(finished):
    task = finished.task
    assert task.network == RecurrentNetwork(inputs=50, state=60, output=45, classes=2, steps=4)
    assert task.training.group_size == (15, 15)
    assert task.train.x.shape == (180, 4, 50)
    assert task.binariser.expansion.shape == (50, 3 * 2 * 10)
    assert str(task.network) == "50-(60)-45-2"


def test_learns_the_best_epoch_is_kept_and_chunks_do_not_matter(finished, monkeypatch):
    test = finished.task.test
    score = accuracy(finished.model.net(), test.x, test.y)
    assert score > 0.8
    monkeypatch.setattr("bep_ref.runs.evaluate.CHUNK", 8)
    assert accuracy(finished.model.net(), test.x, test.y) == score


PAPER = {"dead_zone": NONE, "gate": 0.05, "patience": 10, "group_limit": 0.25}


@pytest.mark.parametrize(
    ("changes", "digest", "generator"),
    [
        (PAPER, "188d878b5c35967dc5c7250f5b51a715e3594a450d35fcf52754741a1fffea22", 2309133618),
        ({"gate": 0.1, "dead_zone": 0}, "2db28854c275ea782297d0ecda5320c8e76c0fea81c2e462e65b4ca86aeeb7fa", 884951251),
        (
            {"gate": 0.1, "dead_zone": 2, "clock": 3},
            "156f0030f96d0806d2a6483f41c7b15433a201c87f5480dbfd6d35eb38169cd1",
            3123930412,
        ),
    ],
)
def test_frozen_result(tmp_path, changes, digest, generator):
    """Any change of an algorithm or a stream of random numbers shows here: say so in the change."""
    net = run(tmp_path, **changes).net
    counters = b"".join(q.astype("<i2").tobytes() for q in net.matrices)
    assert (hashlib.sha256(counters).hexdigest(), net.generator.state) == (digest, generator)


def test_reinforcement_of_the_states_matrices_counts_the_inputs_of_both():
    from bep_ref.runs.train import reinforcement

    network = RecurrentNetwork(inputs=40, state=30, output=20, classes=2)
    assert reinforcement(network, 0.5, 0.3) == [probability(0.5, 0.3, fan_in) for fan_in in (70, 70, 30)]


def test_model_predicts_the_same_from_raw_series(finished, tmp_path):
    finished.model.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    data = load(finished.task.data)
    assert (model.predict(data.x_test) == finished.model.predict(data.x_test)).all()
    assert (finished.task.test.x == model.binariser(data.x_test)).all()
    assert model.network == finished.task.network


@pytest.mark.parametrize("after", [1, 3])
def test_resumed_run_ends_with_the_same_bits(finished, tmp_path, after):
    path = tmp_path / "checkpoint.npz"
    short = Trainer(prepare(load(write_archive(tmp_path)), SETTINGS | {"epochs": after}))
    short.run()
    save_checkpoint(path, short)
    trainer = Saved.read(path).resume({"epochs": 4, "window": 3, "state": 60, "group_size": [15]})
    trainer.run()
    assert same_state(finished, trainer)
    with pytest.raises(ConfigError, match=r"resume: window: 4 differs from the run in .*, which has 3"):
        Saved.read(path).resume({"window": 4})
    with pytest.raises(ConfigError, match=r"resume: hidden: \[8\] differs from the run in .*, which has none"):
        Saved.read(path).resume({"hidden": [8]})


def test_models_written_before_there_was_a_dead_zone_or_a_clock(tmp_path, monkeypatch):
    """They learn on as they began: by the paper's reading, and without a clock."""
    model = run(tmp_path, **PAPER, epochs=1).model
    for kind, name in ((RecurrentNetwork, "clock"), (Training, "dead_zone")):
        now = kind.to_dict
        monkeypatch.setattr(kind, "to_dict", lambda self, now=now, name=name: without(now(self), name))
    assert not {"clock", "dead_zone"} & {**model.network.to_dict(), **model.training.to_dict()}.keys()
    model.save(tmp_path / "model.npz")
    net = Model.load(tmp_path / "model.npz").net()
    assert (net.network.clock, net.dead_zone) == (1, None)


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def test_resumed_runs_repeat_dead_zone_and_clock(tmp_path):
    save_checkpoint(tmp_path / "checkpoint.npz", run(tmp_path, epochs=1, clock=2, dead_zone=NONE))
    saved = Saved.read(tmp_path / "checkpoint.npz")
    net = saved.resume({"clock": 2, "dead_zone": NONE}).net
    assert (net.network.clock, net.dead_zone) == (2, None)
    with pytest.raises(ConfigError, match=r"resume: dead_zone: 0 differs from the run in .*, which has none"):
        saved.resume({"dead_zone": 0})
    with pytest.raises(ConfigError, match=r"resume: clock: 1 differs from the run in .*, which has 2"):
        saved.resume({"clock": 1})


@pytest.mark.parametrize(("state", "gate"), [(255, 0.05), (60, 0.1031), (1035, 0.0248), (2, 0.5646)])
def test_wide_states_have_narrow_gates(tmp_path, state, gate):
    task = prepare(load(write_archive(tmp_path)), {"state": state, "output": 4})
    assert (task.training.gate, task.training.dead_zone) == (gate, 0)
    assert (task.training.patience, task.training.group_limit) == (3, 1.0)


def test_thresholds_never_see_held_out_series(tmp_path):
    data = load(write_archive(tmp_path))
    first = prepare(data, SETTINGS)
    seen = {steps.tobytes() for steps in first.train.x}
    held = [row for row in range(200) if first.binariser(data.x_train[[row]])[0].tobytes() not in seen]
    assert len(held) == 20
    data.x_train[held] += 1e6  # would move every quantile if it were looked at
    data.x_test[:] *= 1e6
    assert (prepare(data, SETTINGS).binariser.levels.thresholds == first.binariser.levels.thresholds).all()


def test_presets_of_an_archive(tmp_path):
    data = load(write_archive(tmp_path))
    assert data.preset == {"gate": 0.05, "batch_size": 20, "window": 2}
    task = prepare(data, {"state": 8, "output": 8, "gate": 0.1})
    assert (task.training.gate, task.training.batch_size, task.binariser.shape.window) == (0.1, 20, 2)
    assert np.abs(task.train.x[:, :4]).min() == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"window": 10}, "window: 10 is out of range; it must be at most 9, the length of series "),
        ({"group_size": (7,)}, "group_size: 7 does not divide layer 1's 60 neurons"),
        ({"clock": 5}, "clock: 5 is out of range; it must be 1 (every neuron moves in every step) to 64, and no more "),
        ({"clock": 0}, "clock: 0 is out of range"),
        ({"dead_zone": -1}, "dead_zone: -1 is out of range; it must be none (a sum of 0 is a target of +1"),
        ({"hidden": (8,)}, "holds sequences, and only perceptrons have one"),
        ({"rule": "local"}, "rule: local is for perceptrons; ucr:"),
        ({"state": 1}, "state: 1 is out of range; it must be 2 to 8192 neurons"),
        ({"output": 8193}, "output: 8193 is out of range"),
        ({"validation": 0.001}, "validation: 0 of 200 samples held out"),
    ],
)
def test_settings_that_do_not_suit_are_named(tmp_path, change, expected):
    with pytest.raises(ConfigError) as error:
        prepare(load(write_archive(tmp_path)), SETTINGS | change)
    assert expected in str(error.value)
