"""``bep reproduce`` on sequences: folds, the search inside them, and the network of the other column."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from bep.main import main
from bep_ref import BinaryRnn
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_studies.reproduce.experiments import SEQUENCES
from bep_studies.reproduce.folds import Fold, cut
from bep_studies.reproduce.methods import RECURRENT_METHODS, learn
from bep_studies.reproduce.sequence_study import SequenceStudy
from tests.cli.commands import complaint, run_json
from tests.ref.small_series import write_archive

FIGURES = ("test_accuracy", "last_test_accuracy", "best_test_accuracy", "epoch")
SMALL = ["--widths", 30, "--epochs", 2, "--search-epochs", 1, "--only", "bep"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return write_archive(tmp_path_factory.mktemp("series"))


@pytest.fixture(scope="module")
def done(archive, tmp_path_factory):
    """A folder of finished runs, and the result."""
    folder = tmp_path_factory.mktemp("reproduce")
    argv = ["reproduce", "italy", "--italy", archive, *SMALL, "--seeds", 1, "--out", folder / "runs"]
    assert main([*map(str, argv), "--json", str(folder / "result.json")]) == 0
    return folder, json.loads((folder / "result.json").read_text())["italy"]


def test_every_sample_is_tested_once_and_never_learned_by_then(archive):
    data = load(archive)
    whole = np.concatenate([data.x_train, data.x_test])
    tested = []
    for index in range(3):
        parts = cut(data, Fold(index, 3, seed=5))
        learned = {series.tobytes() for series in parts.x_train}
        assert len(learned) + len(parts.x_test) == len(whole) == 260
        assert not learned & {series.tobytes() for series in parts.x_test}
        assert abs(int(parts.y_test.sum()) * 2 - len(parts.y_test)) <= 1, "each class has its share"
        tested += [series.tobytes() for series in parts.x_test]
    assert sorted(tested) == sorted(series.tobytes() for series in whole)
    one, other = (cut(data, Fold(0, 3, seed)).y_test for seed in (5, 6))
    assert one.tolist() != other.tolist()


def test_a_part_of_shorter_series_ends_with_nan(archive):
    data = load(archive)
    short = cut(data.__class__(**{**vars(data), "x_test": data.x_test[:, :9]}), Fold(0, 2, seed=1))
    assert short.x_train.shape[1] == short.x_test.shape[1] == 12
    assert np.isnan(np.concatenate([short.x_train, short.x_test])[:, 9:]).all(axis=(1, 2)).sum() >= 60


def test_each_fold_is_searched_by_itself_and_measured_once(archive, done):
    _, result = done
    (row,) = result["rows"]
    assert (result["folds"], len(row["search"]), len(row["chosen"])) == (3, 3, 3)
    accuracies = []
    for index, (trials, chosen) in enumerate(zip(row["search"], row["chosen"], strict=True)):
        assert len(trials) == 3 * 2 * len(RECURRENT_METHODS["bep"].grid["gate"])
        assert chosen == max(trials, key=lambda trial: trial["validation_accuracy"])["settings"]
        fold = Fold(index, 3, seed=1)
        trial = learn(archive, "bep", [30, 30], trials[-1]["settings"], 1, 0, fold)
        assert trial["validation_accuracy"] == trials[-1]["validation_accuracy"], "of the fold's own training part"
        accuracies.append(round(100 * learn(archive, "bep", [30, 30], chosen, 2, 1, fold)["test_accuracy"], 2))
    assert row["test_accuracy"]["values"] == accuracies
    assert row["published"] == {"mean": 94.65, "std": 1.22}


def test_finished_runs_are_not_done_again(archive, done, capsys, monkeypatch):
    folder, result = done
    monkeypatch.setattr("bep.kept.multiprocessing.get_context", None)  # no process can be started
    argv = ["reproduce", "italy", "--italy", archive, *SMALL, "--seeds", 1, "--out", folder / "runs"]
    assert run_json(capsys, *argv)["italy"] == result


@pytest.mark.parametrize("clock", [1, 3])
def test_the_other_column_runs_the_same_network(archive, clock):
    torch = pytest.importorskip("torch")
    from bep_studies.bench.software.pytorch_rnn import RecurrentQatLearner

    shape = {"state": 30, "output": 15, "window": 3, "expansion": 20, "clock": clock}
    task = prepare(load(archive), shape | {"group_size": (5,)})
    learner = RecurrentQatLearner(task, rate=0.01)
    learner.epoch(1)
    step, output, classifier = (torch.where(w >= 0, 1, -1).numpy() for w in learner.weights)
    counters = {"xs": step[:, :20], "ss": step[:, 20:], "sy": output}
    counters = {name: np.where(sign > 0, 0, -1) for name, sign in counters.items()}
    net = BinaryRnn(counters, classifier, group_size={"state": 5, "output": 5}, clock=clock)
    x = task.train.x
    assert (x == 0).any(), "sequences of different lengths"
    logits = learner._logits(learner.x).detach().numpy() * 15**0.5
    assert np.rint(logits).astype(int).tolist() == net.forward(x).logits.tolist()


def test_trials_are_means_of_the_seeds_of_the_search(archive, monkeypatch):
    several = replace(SEQUENCES["italy"], search_seeds=(0, 101), grid={"window": (3,)})
    monkeypatch.setitem(SEQUENCES, "italy", several)
    study = SequenceStudy("italy", archive, 30, {"bep": [1]}, 2, 1)
    seen = []

    def by_seed(runs):
        seen.extend(runs)
        return [{"validation_accuracy": 0.25 if run.seed else 0.5, **dict.fromkeys(FIGURES, 0.5)} for run in runs]

    (row,) = study.carry_out(by_seed)["rows"]
    assert len(seen) == study.runs == 3 * (2 * 3 + 1)
    assert [trial["validation_accuracy"] for trial in row["search"][0]] == [0.375] * 3


def test_what_does_not_suit_sequences_is_one_line(capsys, archive, tmp_path):
    command = ["reproduce", "italy", "--italy", archive, "--out", tmp_path]
    assert "only: local is for perceptrons; italy needs bep or qat" in complaint(capsys, *command, "--only", "local")
    line = complaint(capsys, *command, "--only", "bep", "--widths", 30, 45)
    assert line == "bep: error: widths: 2 given; recurrent networks take one"
    assert "data: digits holds no sequences" in complaint(capsys, *command, "--only", "bep", "--italy", "digits")
    missing = complaint(capsys, "reproduce", "italy", "--italy", "ucr:nowhere", "--only", "bep", "--out", tmp_path)
    assert "there is neither nowhere_TRAIN.ts nor nowhere_TRAIN.tsv" in missing


def test_a_method_is_shown_when_all_its_runs_are_finished(archive, done, capsys, tmp_path):
    folder, result = done
    runs = shutil.copytree(folder / "runs", tmp_path / "runs")
    argv = ["reproduce", "italy", "--italy", archive, *SMALL, "--seeds", 1, "--finished", "--out", runs]
    assert run_json(capsys, *argv)["italy"] == result
    next(runs.iterdir()).unlink()
    assert "has no network of italy" in complaint(capsys, *argv)
