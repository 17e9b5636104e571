"""``bep reproduce`` on small data: what is searched, chosen, kept and compared."""

import json
import multiprocessing
import shutil

import numpy as np
import pytest
from matplotlib.image import imread

from bep.main import main
from bep_ref.datasets import load
from bep_ref.distribution import how_to_install
from bep_ref.runs.task import prepare
from bep_studies.reproduce.accuracy_plot import accuracy_plot
from bep_studies.reproduce.experiments import EXPERIMENTS, draw
from bep_studies.reproduce.methods import METHODS, learn, majority_accuracy
from tests.cli.commands import complaint, run_json

DATA = "prototypes:classes=3,bits=40,flip=0.2,train=200,test=50"
SMALL = ["reproduce", "prototypes", "--prototypes", DATA, "--widths", 15, "--layers", 1, "--epochs", 2]
SMALL += ["--search-epochs", 1, "--only", "bep", "local"]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder of finished runs, and the result."""
    folder = tmp_path_factory.mktemp("reproduce")
    result = folder / "result.json"
    argv = [*SMALL, "--seeds", 1, 2, "--jobs", 2, "--out", folder / "runs", "--json", result]
    assert main([*map(str, argv), "--plot", str(folder / "plot.png")]) == 0
    return folder, json.loads(result.read_text())["prototypes"]


def test_the_choice_is_the_best_of_the_search_on_validation_data(done):
    _, result = done
    assert [row["method"] for row in result["rows"]] == ["bep", "local"]
    for row in result["rows"]:
        best = max(row["search"], key=lambda trial: trial["validation_accuracy"])
        assert row["settings"] == best["settings"]
        assert len(row["search"]) == len(METHODS[row["method"]].candidates(15))


def test_figures_are_those_of_runs_with_the_choice(done):
    _, result = done
    for row in result["rows"]:
        runs = [learn(draw(DATA, seed), row["method"], [15], row["settings"], 2, seed) for seed in (1, 2)]
        accuracies = [round(100 * run["test_accuracy"], 2) for run in runs]
        assert row["test_accuracy"]["values"] == accuracies
        assert row["test_accuracy"]["mean"] == pytest.approx(np.mean(accuracies), abs=0.01)
        assert row["test_accuracy"]["std"] == pytest.approx(np.std(accuracies, ddof=1), abs=0.01)
        assert "published" not in row, "the papers have no such width"


def test_finished_runs_are_not_done_again(done, capsys, monkeypatch):
    folder, result = done
    gone = next((folder / "runs").glob("*-seed2-*"))
    kept = gone.read_bytes()
    gone.unlink()
    again = run_json(capsys, *SMALL, "--seeds", 1, 2, "--out", folder / "runs")
    assert again["prototypes"] == result
    assert gone.read_bytes() == kept
    monkeypatch.setattr(multiprocessing, "get_context", None)  # no process can be started
    assert run_json(capsys, *SMALL, "--seeds", 1, "--out", folder / "runs")["prototypes"]["seeds"]["bep"] == [1]


def test_finished_networks_and_seeds_are_shown_without_training(done, capsys, monkeypatch, tmp_path):
    folder, result = done
    runs = shutil.copytree(folder / "runs", tmp_path / "runs")
    next(runs.glob("*-local-*-seed0-*")).unlink()  # of the search
    next(runs.glob("*-bep-*-seed2-*")).unlink()
    monkeypatch.setattr(multiprocessing, "get_context", None)  # no process can be started
    argv = [*SMALL, "--seeds", 1, 2, "--finished", "--out"]
    assert main([*map(str, [*argv, runs])]) == 0
    assert "BEP 1 × 15: seeds 1 only" in capsys.readouterr().out
    (row,) = run_json(capsys, *argv, runs)["prototypes"]["rows"]
    assert (row["method"], row["seeds"]) == ("bep", [1])
    assert row["test_accuracy"]["values"] == result["rows"][0]["test_accuracy"]["values"][:1]
    assert "has no network of prototypes" in complaint(capsys, *argv, tmp_path / "none")


def test_published_figures_stand_beside_ours():
    prototypes = EXPERIMENTS["prototypes"]
    assert prototypes.figure(2, 35, "bep") == (61.69, 0.57)
    assert prototypes.figure(3, 525, "local") == (75.69, 0.38)
    assert prototypes.figure(2, 36, "bep") is None
    assert EXPERIMENTS["digits"].figure(2, 35, "bep") is None


def test_each_seed_draws_prototypes_of_its_own():
    assert draw("prototypes", 3) == "prototypes:seed=3"
    assert draw("prototypes:bits=9", 3) == "prototypes:bits=9,seed=3"
    assert draw("mnist:data/mnist", 3) == "mnist:data/mnist"


def test_group_sizes_of_the_grid_divide_the_width_and_come_once():
    sizes = [settings["group_size"] for settings in METHODS["local"].candidates(35)]
    assert sizes == [[1], [7], [35]]
    assert [settings["group_size"] for settings in METHODS["bep"].candidates(3)] == [[3]]


def test_majority_of_every_bit():
    task = prepare(load("prototypes:classes=4,bits=60,flip=0.1,train=80,test=200"), {"hidden": (2,)})
    assert majority_accuracy(task) == 1
    hard = prepare(load("prototypes:classes=4,bits=60,flip=0.5,train=80,test=200"), {"hidden": (2,)})
    assert majority_accuracy(hard) < 0.4


def test_the_picture(done):
    folder, result = done
    assert imread(folder / "plot.png")[..., :3].std() > 0.02, "something is drawn"
    assert accuracy_plot(result["rows"]) == (folder / "plot.png").read_bytes()


def test_without_torch_there_is_no_qat_and_one_line_says_so(done, capsys, monkeypatch):
    folder, result = done
    monkeypatch.setattr("bep_studies.commands.reproduce.installed_version", lambda package: None)
    argv = [str(word) for word in SMALL[: SMALL.index("--only")]]
    assert main([*argv, "--seeds", "1", "2", "--out", str(folder / "runs"), "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert f"torch is not installed: no column of QAT ({how_to_install('torch')})" in captured.err
    assert json.loads(captured.out)["prototypes"] == result
    assert f"qat: needs torch: {how_to_install('torch')}" in complaint(capsys, *argv, "--only", "qat")


def test_bad_options_are_one_line(capsys, monkeypatch, tmp_path):
    for option, limit in {"--seeds": 1, "--widths": 2, "--jobs": 1, "--search-epochs": 1}.items():
        name = option.strip("-").replace("-", "_")
        line = complaint(capsys, "reproduce", "digits", option, limit - 1)
        assert line == f"bep: error: {name}: {limit - 1} is out of range; it must be at least {limit}"
    assert "only: 'svm' is not known; known are bep, local, qat" in complaint(
        capsys, "reproduce", "digits", "--only", "svm"
    )
    assert "plot: it shows prototypes" in complaint(capsys, "reproduce", "digits", "--plot", tmp_path / "a.png")
    monkeypatch.setattr("bep_studies.commands.reproduce.installed_version", lambda package: None)
    missing = complaint(capsys, "reproduce", "fashion", "--fashion", "mnist:nowhere", "--out", tmp_path)
    assert "data: mnist: nowhere is not a folder" in missing
