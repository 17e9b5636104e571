"""Model files: everything needed to use a network on raw features survives."""

from dataclasses import replace

import pytest

from bep_ref.datasets import load
from bep_ref.files.archive import ArchiveError, read_archive, write_archive
from bep_ref.runs.model import Model
from bep_ref.runs.train import Trainer
from tests.ref.small_run import SPEC, finished, task


def test_round_trip_predicts_the_same_from_raw_features(tmp_path):
    finished().model.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    data = load(SPEC)
    assert (model.predict(data.x_test) == finished().model.predict(data.x_test)).all()
    for name in ("network", "training", "class_names", "data", "epoch", "validation_accuracy"):
        assert getattr(model, name) == getattr(finished().model, name)


@pytest.mark.parametrize("counter_bits", [2, 8, 9, 16])
def test_extreme_counters_survive(counter_bits, tmp_path):
    trainer = Trainer(task(counter_bits=counter_bits, epochs=1))
    trainer.run()
    low, high = trainer.task.network.counter_range
    trainer.best_counters[0][:2, 0] = low, high
    trainer.model.save(tmp_path / "model.npz")
    assert Model.load(tmp_path / "model.npz").counters[0][:2, 0].tolist() == [low, high]


def test_column_names_survive_and_older_files_have_none(tmp_path):
    model = replace(finished().model, columns=("a", "b [cm]"), label="kind")
    model.save(tmp_path / "model.npz")
    again = Model.load(tmp_path / "model.npz")
    assert (again.columns, again.label) == (("a", "b [cm]"), "kind")
    header, arrays = read_archive(tmp_path / "model.npz", "bep-model", 2)
    old = {name: value for name, value in header.items() if name not in ("columns", "label")}
    write_archive(tmp_path / "old.npz", "bep-model", 1, old, arrays)
    assert Model.load(tmp_path / "old.npz").columns == ()
    write_archive(tmp_path / "new.npz", "bep-model", 3, header, arrays)
    with pytest.raises(ArchiveError, match="bep-model format version 3; this program reads versions 1 to 2"):
        Model.load(tmp_path / "new.npz")
