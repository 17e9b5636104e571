"""Checkpoints: a run that was stopped anywhere ends with the bits of one that never stopped."""

from pathlib import Path

import pytest

from bep_ref import ConfigError
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.train import Trainer
from tests.ref.small_run import SPEC, finished, same_state, task


def interrupted(path: Path, after_batches: int, **changes):
    """A run that ends after so many mini-batches, its checkpoint in ``path``."""
    trainer, done = Trainer(task(**changes)), 0

    def on_batch():
        nonlocal done
        done += 1
        if done == after_batches:
            raise KeyboardInterrupt

    save_checkpoint(path, trainer)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(lambda t: save_checkpoint(path, t), on_batch)


@pytest.mark.parametrize("after_batches", [1, 16, 17, 18, 60, 84])
def test_resumed_run_ends_with_the_same_bits(tmp_path, after_batches):
    path = tmp_path / "checkpoint.npz"
    interrupted(path, after_batches)
    trainer = Saved.read(path).resume({})
    assert len(trainer.history) < 5
    trainer.run()
    assert same_state(finished(), trainer)


def test_a_best_epoch_before_the_interruption_is_not_forgotten(tmp_path):
    trainer = Trainer(task(epochs=12, validation=0.02))
    trainer.run()
    assert trainer.best.epoch < 12
    save_checkpoint(tmp_path / "checkpoint.npz", trainer)
    assert same_state(trainer, Saved.read(tmp_path / "checkpoint.npz").resume({}))


def test_more_epochs_continue_as_if_asked_for_at_once(tmp_path):
    path = tmp_path / "checkpoint.npz"
    short = Trainer(task(epochs=2))
    short.run()
    save_checkpoint(path, short)
    trainer = Saved.read(path).resume({"epochs": 5})
    trainer.run()
    assert same_state(finished(), trainer)


def test_repeating_the_settings_is_fine_and_others_are_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    save_checkpoint(path, Trainer(task(group_size=(8,))))
    saved = Saved.read(path)
    saved.resume({"hidden": [24, 16], "seed": 3, "group_size": [8], "epochs": 5}, SPEC)
    for name, value in (
        ("seed", 4),
        ("hidden", [24, 8]),
        ("group_size", [4]),
        ("binarise", "median"),
        ("gate", 0.5),
    ):
        with pytest.raises(ConfigError, match=rf"^resume: {name}: .* differs from the run in {path}, which has"):
            saved.resume({name: value})


def test_other_data_and_too_few_epochs_are_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    save_checkpoint(path, finished())
    with pytest.raises(ConfigError, match="is not the data that the run in"):
        Saved.read(path).resume({}, SPEC + ",seed=2")
    with pytest.raises(ConfigError, match=r"resume: epochs: 4 is out of range; .* has 5 done already"):
        Saved.read(path).resume({"epochs": 4})
