"""Measuring a model: nothing is split, and classes are the model's."""

import pytest

from bep.main import main
from tests.cli.commands import complaint, run_json

HEADER = "a,b,kind"


def rows(*kinds):
    names = ("alba", "berta", "cleo")
    return [f"{kind + n % 7 / 10},{n % 5 - kind},{names[kind]}" for n in range(20) for kind in kinds]


def table(path, lines):
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return f"csv:{path}"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    data = table(folder / "plants.csv", rows(0, 1, 2))
    options = ["--hidden", "16", "--epochs", "5", "--batch-size", "5", "--out", str(folder / "run")]
    assert main(["train", "--data", data, *options]) == 0
    return folder / "run" / "model.npz"


@pytest.mark.parametrize(("lines", "samples"), [(rows(1), 20), (rows(0, 1, 2)[:3], 3), (rows(2)[:1], 1)])
def test_few_samples_and_few_classes_are_measured_whole(model, tmp_path, capsys, lines, samples):
    data = table(tmp_path / "new.csv", lines)
    result = run_json(capsys, "eval", model, "--data", data, "--part", "all")
    assert (result["samples"], result["classes"]) == (samples, ["alba", "berta", "cleo"])
    kinds = [line.rpartition(",")[2] for line in lines]
    assert [sum(row) for row in result["confusion"]] == [kinds.count(name) for name in result["classes"]]


def test_a_share_of_the_whole_is_measured_as_training_held_it_out(model, tmp_path, capsys):
    data = table(tmp_path / "plants.csv", rows(0, 1, 2))
    parts = [run_json(capsys, "eval", model, "--data", data, "--part", part) for part in ("train", "test", "all")]
    assert [part["samples"] for part in parts] == [48, 12, 60]
    assert sum(part["accuracy"] * part["samples"] for part in parts[:2]) == pytest.approx(60 * parts[2]["accuracy"])


def test_a_class_that_the_model_does_not_know_is_refused(model, tmp_path, capsys):
    data = table(tmp_path / "new.csv", ["1,2,dora"] * 4)
    line = complaint(capsys, "eval", model, "--data", data, "--part", "all")
    assert line.endswith(f"class 'dora' of {data} is unknown to the model")
