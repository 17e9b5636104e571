"""``bep train``, ``eval`` and ``info`` from end to end on small data."""

import json
import sys

import numpy as np
import pytest
from matplotlib.image import imread

from bep.main import main
from bep_ref.runs.model import Model
from tests.cli.commands import SMALL, TRAIN, complaint, run_json


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with the results of one run."""
    folder = tmp_path_factory.mktemp("run")
    assert main([*TRAIN, "--out", str(folder), "--json", str(folder / "result.json")]) == 0
    return folder


def test_result_and_files(trained):
    result = json.loads((trained / "result.json").read_text())
    metrics = json.loads((trained / "metrics.json").read_text())
    assert result["model"] == str(trained / "model.npz")
    assert result["samples_per_second"] > 0
    assert [epoch["epoch"] for epoch in metrics["history"]] == [1, 2, 3]
    best = metrics["history"][result["best_epoch"] - 1]
    assert best["validation_accuracy"] == result["validation_accuracy"]
    assert best["validation_accuracy"] == max(epoch["validation_accuracy"] for epoch in metrics["history"])
    assert metrics["network"]["hidden"] == [16, 8]
    assert metrics["training"]["epochs"] == 3
    picture = imread(trained / "learning_curve.png")
    assert picture.shape[0] > 400
    assert picture[..., :3].std() > 0.02, "something is drawn"
    assert {file.name for file in trained.iterdir()} == {
        *("model.npz", "metrics.json", "learning_curve.png", "checkpoint.npz", "result.json")
    }


def test_eval_agrees_with_train(trained, capsys):
    expected = json.loads((trained / "result.json").read_text())["test_accuracy"]
    result = run_json(capsys, "eval", trained / "model.npz", "--data", SMALL)
    matrix = np.array(result["confusion"])
    assert result["accuracy"] == expected == np.trace(matrix) / 100
    assert matrix.sum(axis=1).tolist() == [25] * 4, "rows are true classes"


@pytest.mark.parametrize(("part", "samples"), [("train", 300), ("all", 400)])
def test_eval_of_other_parts(trained, capsys, part, samples):
    result = run_json(capsys, "eval", trained / "model.npz", "--data", SMALL, "--part", part)
    assert np.sum(result["confusion"]) == result["samples"] == samples


def test_info_of_a_model(trained, capsys):
    result = run_json(capsys, "info", trained / "model.npz")
    plain = {"inputs": 40, "hidden": [16, 8], "classes": 4, "counter_bits": 8}
    assert result["network"] == plain | {"readout": 0}
    assert result["training"]["group_size"] == [16, 8]
    assert result["binarise"] == "threshold=0"


def test_info_of_the_installation(capsys):
    result = run_json(capsys, "info")
    assert result["packages"]["numpy"] == np.__version__


def test_same_command_same_model_to_the_byte(trained, tmp_path, capsys):
    run_json(capsys, *TRAIN, "--out", tmp_path)
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


def test_the_engine_changes_no_bit(trained, tmp_path, capsys):
    run_json(capsys, *TRAIN, "--out", tmp_path, "--engine", "readable")
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


def test_without_numba_one_line_says_so(trained, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "bep_ref.packed.engines", None)  # importing it fails
    assert main([*TRAIN, "--out", str(tmp_path), "--json", "-"]) == 0
    assert "numba is not installed: the readable engine trains" in capsys.readouterr().err
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()
    assert "engine: packed needs numba" in complaint(capsys, *TRAIN, "--out", tmp_path, "--engine", "packed")


def test_resume_with_more_epochs(trained, tmp_path, capsys):
    short = [*TRAIN[:-1], "1", "--out", tmp_path]
    run_json(capsys, *short)
    assert run_json(capsys, "train", "--out", tmp_path, "--resume", "--epochs", 3)["epochs"] == 3
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


def test_classes_are_matched_by_name(tmp_path, capsys):
    """A table that lacks a class, or has one more, is measured by names and not by positions."""
    rng = np.random.default_rng(1)

    def table(name, labels):
        rows = (f"{rng.normal('abc'.index(label), 0.1)},{rng.normal()},{label}" for label in labels)
        (tmp_path / name).write_text("\n".join(rows) + "\n")
        return f"csv:{tmp_path / name}"

    model = tmp_path / "model.npz"
    run_json(capsys, "train", "--data", table("a.csv", "abc" * 40), "--hidden", 32, "--epochs", 20, "--out", tmp_path)
    assert Model.load(model).class_names == ("a", "b", "c")
    result = run_json(capsys, "eval", model, "--data", table("b.csv", "bc" * 30), "--part", "all")
    assert result["accuracy"] > 0.75, "numbered otherwise, nearly all would be wrong"
    assert np.sum(result["confusion"], axis=1).tolist() == [0, 30, 30]
    other = table("c.csv", "ab" * 30).replace("csv:", "")
    with open(other, "a") as file:
        file.writelines("1,1,d\n1,2,d\n")
    assert "class 'd' of csv:" in complaint(capsys, "eval", model, "--data", f"csv:{other}", "--part", "all")
