"""Tables on the command line: what is printed about them, and models that know their columns."""

import numpy as np
import pytest

from bep.main import main
from bep_ref.runs.model import Model
from tests.cli.commands import complaint, run_json

RNG = np.random.default_rng(3)
WORDS = ("alba", "berta", "cleo")
ROWS = [(RNG.normal([3 * k, 0, -3 * k], 1).round(2), WORDS[k]) for k in (0, 1, 2) for _ in range(40)]
FEW = ["--hidden", "16", "--epochs", "5", "--batch-size", "5"]


def table(path, header, rows):
    path.write_text("\n".join([header, *rows]) + "\n")
    return f"csv:{path}"


def rows_of(order):
    return [",".join([*(str(values[index]) for index in order), word]) for values, word in ROWS]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    data = table(folder / "plants.csv", "a,b,c,kind", rows_of((0, 1, 2)))
    assert main(["train", "--data", data, *FEW, "--out", str(folder)]) == 0
    return folder


def test_the_model_carries_its_columns(run, capsys):
    model = Model.load(run / "model.npz")
    assert (model.columns, model.label) == (("a", "b", "c"), "kind")
    shown = run_json(capsys, "info", run / "model.npz")
    assert (shown["columns"], shown["label"]) == (["a", "b", "c"], "kind")


def test_columns_in_another_order_give_the_same_accuracy(run, tmp_path, capsys):
    straight = run_json(capsys, "eval", run / "model.npz", "--data", f"csv:{run / 'plants.csv'}", "--part", "all")
    turned = table(tmp_path / "turned.csv", "c,b,a,kind", rows_of((2, 1, 0)))
    result = run_json(capsys, "eval", run / "model.npz", "--data", turned, "--part", "all")
    assert result["confusion"] == straight["confusion"]
    assert result["accuracy"] > 0.6, "a third knows nothing"
    other = table(tmp_path / "other.csv", "a,b,d,kind", rows_of((0, 1, 2)))
    for part in ("all", "test"):
        line = complaint(capsys, "eval", run / "model.npz", "--data", other, "--part", part)
        assert "columns that the model does not know: d; it learned a, b, c" in line


def test_a_file_without_names_is_read_by_position_with_a_warning(run, tmp_path, capsys):
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(rows_of((0, 1, 2))) + "\n")
    assert main(["eval", str(run / "model.npz"), "--data", f"csv:{bare}", "--part", "all"]) == 0
    captured = capsys.readouterr()
    assert "warning: " in captured.err
    assert "names no columns; they are taken in the model's order: a, b, c" in captured.err


def test_training_prints_what_was_understood(tmp_path, capsys):
    numbered = [f"{row},{line}" for row, line in enumerate(rows_of((0, 1, 2)))]
    data = table(tmp_path / "plants.csv", ";a;b;c;kind", [line.replace(",", ";") for line in numbered])
    options = ["--epochs", "1", "--binarise", "threshold=99", "--out", str(tmp_path / "run")]
    assert main(["train", "--data", data, *FEW, *options]) == 0
    said = capsys.readouterr().err
    for expected in (
        "plants.csv: 120 rows, separated by semicolon, header in line 1",
        "label: column 5 (kind), 3 classes: alba (40), berta (40), cleo (40)",
        "features: 3: a, b, c",
        "warning: column 1 has no name and numbers the rows: left out",
        "warning: 3 of 3 features (a, b, c) vary, but threshold=99 makes no bit of them vary",
    ):
        assert expected in said
    assert main(["train", "--out", str(tmp_path / "run"), "--resume", "--epochs", "2"]) == 0
    assert "features: 3: a, b, c" in capsys.readouterr().err


def test_row_numbers_teach_nothing(tmp_path, capsys):
    """Rows sorted by class: their numbers would tell the class."""
    noise = [f"{row},{RNG.normal():.2f},{RNG.normal():.2f},{WORDS[row // 100]}" for row in range(300)]
    data = table(tmp_path / "noise.csv", ",a,b,kind", noise)
    result = run_json(capsys, "train", "--data", data, *FEW, "--out", tmp_path / "run")
    assert result["test_accuracy"] < 0.6


def test_a_class_told_by_rare_bits_is_learned(tmp_path, capsys):
    """One-hot columns whose ones are a tenth of the rows, beside a number."""
    kinds = RNG.integers(0, 10, 500)
    rows = [
        ",".join([*(str(int(kind == k)) for k in range(10)), f"{RNG.normal():.3f}", "low" if kind < 5 else "high"])
        for kind in kinds
    ]
    data = table(tmp_path / "bits.csv", ",".join([*(f"is{k}" for k in range(10)), "size", "kind"]), rows)
    options = ["--hidden", "64", "--epochs", "10", "--batch-size", "10", "--out", tmp_path / "run"]
    assert run_json(capsys, "train", "--data", data, *options)["test_accuracy"] > 0.98
