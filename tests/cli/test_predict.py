"""Classes and scores of new samples, labelled or not, from files and from a pipe."""

import csv
import io
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from bep.main import main
from bep_ref.datasets import load
from bep_ref.runs.model import Model
from tests.cli.commands import complaint, run_json
from tests.ref.small_series import write_archive

HEADER = "width,height,kind"
NAMES = ("alba", "berta, the tall", "cleo")


def rows(count=20, labels=True):
    for number in range(3 * count):
        kind = number % 3
        values = [str(kind + number % 7 / 10), str(number % 5 - kind)]
        yield [*values, NAMES[kind]] if labels else values


def table(path, header, lines):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([*([header.split(",")] if header else []), *lines])
    return f"csv:{path}"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    data = table(folder / "plants.csv", HEADER, rows())
    options = ["--hidden", "16", "--epochs", "5", "--batch-size", "5", "--out", str(folder / "run")]
    assert main(["train", "--data", data, *options]) == 0
    return folder / "run" / "model.npz"


def predicted(capsys, *argv):
    """Rows of the table that a command prints, its heading first."""
    assert main(["predict", *map(str, argv)]) == 0
    return list(csv.reader(io.StringIO(capsys.readouterr().out)))


def expected(path, x):
    """The same rows, from the model itself."""
    model = Model.load(path)
    scores = model.scores(np.array(x))
    names = [model.class_names[code] for code in model.predict(np.array(x))]
    assert names == [model.class_names[code] for code in scores.argmax(axis=1)]
    body = [[name, *map(str, row)] for name, row in zip(names, scores.tolist(), strict=True)]
    return [["class", *(f"score {name}" for name in model.class_names)], *body]


X = [[float(cell) for cell in row] for row in rows(labels=False)]


def test_samples_with_and_without_labels_and_in_another_order(model, tmp_path, capsys):
    capsys.readouterr()
    wanted = expected(model, X)
    assert wanted[0] == ["class", *(f"score {name}" for name in NAMES)]
    labelled = table(tmp_path / "a.csv", HEADER, rows())
    bare = table(tmp_path / "b.csv", "width,height", rows(labels=False))
    turned = table(tmp_path / "c.csv", "kind,height,width", (row[::-1] for row in rows()))
    unnamed = table(tmp_path / "d.csv", "", rows(labels=False))
    np.savez(tmp_path / "e.npz", samples=np.array(X))
    for data in (labelled, bare, turned, unnamed, f"npz:{tmp_path / 'e.npz'}"):
        assert predicted(capsys, model, "--data", data) == wanted, data


def test_json_has_the_same_and_files_are_written_whole(model, tmp_path, capsys):
    data = table(tmp_path / "a.csv", "width,height", rows(labels=False))
    capsys.readouterr()
    result = run_json(capsys, "predict", model, "--data", data, "-o", tmp_path / "out.csv")
    heading, *body = csv.reader((tmp_path / "out.csv").read_text().splitlines())
    assert heading == expected(model, X)[0]
    assert (result["samples"], result["classes"]) == (60, list(NAMES))
    assert result["predictions"] == [row[0] for row in body]
    assert result["scores"] == [[int(cell) for cell in row[1:]] for row in body]
    assert [heading, *body] == expected(model, X)


def test_a_share_is_that_of_bep_eval(model, tmp_path, capsys):
    data = table(tmp_path / "a.csv", HEADER, rows())
    capsys.readouterr()
    part = run_json(capsys, "predict", model, "--data", data, "--part", "test")
    measured = run_json(capsys, "eval", model, "--data", data, "--part", "test")
    counts = [part["predictions"].count(name) for name in NAMES]
    assert counts == np.sum(measured["confusion"], axis=0).tolist()


@contextmanager
def ended_after(seconds, process):
    """A process that never answers is ended, so that whoever waits for it fails."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@pytest.mark.parametrize("header", [True, False])
def test_a_pipe_is_answered_row_by_row(model, header):
    """The other end waits for the answer to a row before it writes the next."""
    program = [sys.executable, "-m", "bep", "predict", str(model), "--data", "csv:-"]
    wanted = expected(model, X)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(program, **pipes, text=True) as process, ended_after(300, process):
        process.stdin.write("width,height\n" if header else "")
        ahead = 0 if header else 1  # without a header two rows are needed to see what a row is
        for number, row in enumerate(rows(labels=False)):
            process.stdin.write(",".join(row) + "\n")
            process.stdin.flush()
            if number == 0 and not ahead:
                assert process.stdout.readline().startswith("class,")
            if number == 1 and ahead:
                assert process.stdout.readline().startswith("class,")
            if number >= ahead:
                answer = next(csv.reader([process.stdout.readline()]))
                assert answer == wanted[1 + number - ahead]
        process.stdin.close()
        assert len(process.stdout.readlines()) == ahead
        assert process.wait() == 0, process.stderr.read()


def test_what_can_be_read_is_answered_before_an_error(model, tmp_path, capsys):
    lines = [*rows(labels=False)][:9]
    data = table(tmp_path / "a.csv", "width,height", [*lines, ["1", "tall"], *lines])
    capsys.readouterr()
    assert main(["predict", str(model), "--data", data]) == 2
    captured = capsys.readouterr()
    assert list(csv.reader(io.StringIO(captured.out))) == expected(model, X[:9])
    assert captured.err.endswith("a.csv: row 11, column 2: 'tall' is not a number\n")
    assert main(["predict", str(model), "--data", data, "-o", str(tmp_path / "out.csv")]) == 2
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("header", "lines", "words"),
    [
        ("width,depth", [["1", "2"]] * 2, "has columns that the model does not know: depth"),
        ("width,kind", [["1", "alba"]] * 2, "lacks columns that the model needs: height"),
        ("", [["5.5", "2", "3", "4"]] * 2, "4 columns; the model needs 2 features"),
        ("width,height", [], "it holds no samples"),
    ],
)
def test_other_columns_are_refused_by_name(model, tmp_path, capsys, header, lines, words):
    data = table(tmp_path / "a.csv", header, lines)
    capsys.readouterr()
    assert main(["predict", str(model), "--data", data]) == 2
    captured = capsys.readouterr()
    assert words in captured.err.splitlines()[-1]
    assert captured.err.splitlines()[-1].startswith("bep: error: ")


def test_nothing_on_standard_input(model):
    program = [sys.executable, "-m", "bep", "predict", str(model), "--data", "csv:-"]
    done = subprocess.run(program, input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bep: error: standard input: it holds no samples\n"


def test_images_and_digits(tmp_path, capsys):
    assert main(["train", "--data", "digits", "--hidden", "16", "--epochs", "1", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    model, digits = tmp_path / "model.npz", load("digits")
    assert predicted(capsys, model, "--data", "digits", "--part", "test") == expected(model, digits.x_test)


def test_series_without_classes(tmp_path, capsys):
    """Two parts, whose series are of different lengths, and a model of sequences."""
    spec = write_archive(tmp_path)
    sizes = ["--state", "20", "--output", "10", "--window", "3", "--expansion", "20", "--epochs", "1"]
    assert main(["train", "--data", spec, *sizes, "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    labelled = run_json(capsys, "predict", tmp_path / "run/model.npz", "--data", spec, "--part", "test")
    text = (tmp_path / "Toy_TEST.ts").read_text().replace("@classLabel true down up", "@classLabel false")
    head, data = text.split("@data\n")
    bare = "".join(f"{line.rpartition(':')[0]}\n" for line in data.splitlines())
    (tmp_path / "new.ts").write_text(f"{head}@data\n{bare}")
    new = run_json(capsys, "predict", tmp_path / "run/model.npz", "--data", f"ucr:{tmp_path / 'new.ts'}")
    assert (new["scores"], len(new["predictions"])) == (labelled["scores"], 60)
    model = Model.load(tmp_path / "run/model.npz")
    assert new["scores"] == model.scores(load(spec).x_test).tolist()
    refused = complaint(capsys, "predict", tmp_path / "run/model.npz", "--data", "digits")
    assert refused.endswith("the model needs sequences; digits holds none")
