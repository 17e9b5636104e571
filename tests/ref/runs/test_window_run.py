"""Runs of window networks: both engines, presets cut to the data, files, resumed runs."""

from functools import cache

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.config import WindowTraining
from bep_ref.datasets import load
from bep_ref.datasets.dataset import Dataset
from bep_ref.networks.initial import initial_net
from bep_ref.packed.windows import PackedWindows
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.model import Model
from bep_ref.runs.presets import preset
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Epoch, Trainer, shifts
from tests.ref.small_run import same_state

SETTINGS = {"preset": "windows", "geometry": {"kernels": 3}, "shifts": 1, "settle": 0.4, "epochs": 5, "seed": 3}


@cache
def task(**changes):
    return prepare(load("digits"), SETTINGS | changes)


@cache
def finished():
    """The run of `task`, done. Do not change it."""
    trainer = Trainer(task())
    trainer.run()
    return trainer


def assert_same(one, other):
    assert same_state(one, other)
    for first, second in ((one.net.head, other.net.head), (one.best_readout, other.best_readout)):
        assert first.counters.tolist() == second.counters.tolist()
        assert first.sums.tolist() == second.sums.tolist()


def test_both_engines_make_the_same_run():
    assert type(finished().net) is PackedWindows
    readable = Trainer(task(), initial_net(task().network, task().training, "readable"))
    readable.run()
    assert_same(readable, finished())


def test_a_run_learns_and_ends_with_resting_kernels():
    history = finished().history
    assert [epoch.winners > 0 for epoch in history] == [True, True, True, False, False]
    assert [sum(epoch.flips) > 0 for epoch in history] == [True, True, True, False, False]
    assert finished().model.epoch in (4, 5)  # the best of those in which kernels rested
    assert history[-1].validation_accuracy > 0.6


@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path, after):
    def stop(trainer):
        if len(trainer.history) == after:
            raise KeyboardInterrupt

    path, trainer = tmp_path / "checkpoint.npz", Trainer(task())
    if after:
        with pytest.raises(KeyboardInterrupt):
            trainer.run(stop)
    save_checkpoint(path, trainer)
    resumed = Saved.read(path).resume({"geometry": {"kernels": 3}})
    resumed.run()
    assert_same(resumed, finished())


def test_other_settings_do_not_resume(tmp_path):
    path = tmp_path / "checkpoint.npz"
    save_checkpoint(path, finished())
    with pytest.raises(ConfigError, match="resume: geometry: "):
        Saved.read(path).resume({"geometry": {"kernels": 4}})
    with pytest.raises(ConfigError, match="resume: offsets: "):
        Saved.read(path).resume({"offsets": (0.1,)})


@pytest.mark.parametrize("sums", [False, True])
def test_a_model_file_predicts_the_same(tmp_path, sums):
    trainer = Trainer(task(sums=sums, epochs=2, settle=0.0))
    trainer.run()
    trainer.model.save(tmp_path / "model.npz")
    model, data = Model.load(tmp_path / "model.npz"), load("digits")
    assert isinstance(model.training, WindowTraining)
    predictions = model.predict(data.x_test)
    assert (predictions == trainer.model.predict(data.x_test)).all()
    assert (predictions == data.y_test).mean() > 0.6
    head = model.net().head
    assert head.averaged is sums
    assert head.predicting is (head.sums if sums else head.counters)


def test_shifts_are_drawn_anew_in_every_epoch_and_reach_everywhere():
    one, two = shifts(task(), 1), shifts(task(), 2)
    assert one.shape == (len(task().train), 2)
    assert (one != two).any()
    assert {tuple(move) for move in one} == {(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)}
    assert shifts(task(shifts=0), 1) is None


def images(side, ink):
    """A data set of square images with ink on a share of the pixels."""
    x = np.random.default_rng(1).random((40, side * side)) < ink
    y = np.arange(40) % 2
    return Dataset("made", x * 255, y, x * 255, y, ("a", "b"), "median", image=(side, side))


def series(steps, channels):
    x = np.random.default_rng(1).random((40, steps, channels))
    y = np.arange(40) % 2
    return Dataset("made", x, y, x, y, ("a", "b"), "thermometer=10")


@pytest.mark.parametrize(
    ("dataset", "window", "binarise", "moved"),
    [
        (images(28, 0.2), (7, 7), "threshold=62,158", 1),
        (images(28, 0.5), (4, 4), "threshold=14,94+neighbours=16", 0),
        (images(8, 0.2), (4, 4), "median", 0),
        (series(16, 20), (4, 5), "thermometer=6+differences", 0),
        (series(1, 1), (1, 1), "thermometer=6+differences", 0),
        (series(2, 7), (2, 1), "thermometer=6+differences", 0),
    ],
)
@pytest.mark.parametrize("name", ["windows", "windows-large"])
def test_presets_follow_the_shape_of_the_data(dataset, window, binarise, moved, name):
    made = prepare(dataset, {"preset": name})
    if name == "windows":
        assert made.network.geometry.window == window
    assert (made.binariser.spec, made.training.shifts) == (binarise, moved)
    assert made.network.synapses <= (160_000 if name == "windows-large" else 96_000)
    assert made.train.x.shape[1] == made.network.inputs


def test_a_preset_of_a_table_covers_its_features():
    x = np.random.default_rng(1).random((40, 9))
    table = Dataset("made", x, np.arange(40) % 2, x, np.arange(40) % 2, ("a", "b"), "thermometer=8")
    assert prepare(table, {"preset": "windows"}).network.geometry.shape[:2] == (9, 1)


def test_settings_change_a_preset():
    made = task(margin=1.5, offsets=(0.0, 0.3), counter_bits=6)
    assert (made.training.margin, made.network.offsets, made.network.counter_bits) == (1.5, (0.0, 0.3), 6)
    assert (made.network.geometry.kernels, made.network.geometry.window) == (3, (4, 4))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"preset": "best"}, "preset: 'best' is unknown; known are windows, windows-large"),
        ({"hidden": (8,)}, "hidden: window networks have none"),
        ({"patience": 3}, "patience: window networks have no use for it"),
        ({"steps": 3}, "steps: window networks have no such setting"),
        ({"geometry": {"window": (9, 4)}}, "window: 9 of 8 rows is out of range"),
        ({"geometry": {"windows": (9, 4)}}, "Geometry: unknown field 'windows'"),
        ({"draw_bits": 0}, "draw_bits: 0 is out of range; it must be 1 to 16 bits"),
    ],
)
def test_settings_that_do_not_suit_are_named(change, expected):
    with pytest.raises(ConfigError) as error:
        prepare(load("digits"), {"preset": "windows"} | change)
    assert expected in str(error.value)


def test_other_networks_have_no_selection():
    with pytest.raises(ConfigError, match="selection: only window networks have one; add the preset windows"):
        prepare(load("digits"), {"hidden": (8,), "selection": "group"})


def test_presets_are_whole():
    assert preset("windows", load("digits"))["geometry"]["kernels"] == 14


def test_kept_is_the_latest_of_the_best_epochs_in_which_kernels_rested():
    trainer = Trainer(task())
    values = {"errors": 0, "train_accuracy": 1.0, "triggered": 0, "winners": 0, "reinforced": 0, "seconds": 1.0}
    for number, accuracy in enumerate([0.9, 0.99, 0.8, 0.7, 0.7], start=1):
        epoch = Epoch(epoch=number, validation_accuracy=accuracy, group_size=(5,), **values)
        trainer.history.append(epoch)
        assert trainer.best.epoch == (1, 2, 2, 4, 5)[number - 1]
