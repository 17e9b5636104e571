"""Damaged files: a slice of the campaign, and that it would see a reader that fails."""

import gc
from contextlib import chdir

import pytest

from bep.main import main
from bep_ref.datasets import csv_file
from bep_verify.readers import seeds, trial
from bep_verify.readers.formats import FORMATS
from bep_verify.readers.trial import attempt
from tests.cli.commands import complaint, run_json

SLICE = 12
"""Files of each format."""
NAMES = [one.name for one in FORMATS]


@pytest.fixture(autouse=True)
def nothing_left_behind():
    """What other tests left is collected before: here every warning counts, that of an unused unit too."""
    gc.collect()


@pytest.mark.parametrize("name", NAMES)
def test_a_slice_of_damaged_files_ends_as_it_should(name):
    outcomes = [attempt(name, seed) for seed in range(SLICE)]
    assert not [outcome for outcome in outcomes if outcome.failure]
    assert any(outcome.code == 2 for outcome in outcomes), "damage that nobody sees is none"


@pytest.mark.parametrize("wanted", FORMATS, ids=NAMES)
def test_good_files_are_read(wanted, tmp_path, capsys):
    for line in wanted.lines:
        if line[0] not in ("train", "predict", "info"):
            continue
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        for name, content in (*seeds.learned().items(), *wanted.files().items()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        with chdir(folder):
            assert main(list(line)) == 0, capsys.readouterr().err


def test_a_file_is_a_seed():
    assert attempt("tsv", 7) == attempt("tsv", 7)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda *_: [][0], "IndexError"),
        (lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")), ""),
        (lambda *_: __import__("time").sleep(9), "it has not ended after 1 seconds"),
        (lambda *_: __import__("warnings").warn("overflow", RuntimeWarning, stacklevel=2), "RuntimeWarning: overflow"),
    ],
    ids=["traceback", "refused", "hang", "warning"],
)
def test_a_reader_that_fails_is_seen(monkeypatch, fault, expected):
    monkeypatch.setattr(trial, "SECONDS", 1)
    for use in ("load", "contents", "options_of"):
        monkeypatch.setattr(csv_file, use, fault)
    outcome = attempt("csv", 1)
    assert expected in outcome.failure
    assert bool(outcome.failure) == bool(expected)


@pytest.mark.parametrize(
    ("code", "said", "written", "expected"),
    [
        (0, "", {"out"}, ""),
        (0, "", set(), "it is done and writes no result"),
        (1, "bep: no", set(), "exit code 1: bep: no"),
        (2, "bep: error: a.csv: no", set(), ""),
        (2, "bep: error: a.csv: no", {"out/model.npz"}, "it refuses the file and writes a result"),
        (2, "bep: error: a.csv: no", {".a.csv.x1"}, "it leaves .a.csv.x1 behind"),
        (2, "bep: error: a.csv: no\nand more", set(), "no line says why: and more"),
        (2, "bep: error: " + "x" * 2000, set(), "a message of 2012 characters"),
    ],
)
def test_what_is_left_behind_is_looked_at(code, said, written, expected):
    assert trial._wrong(code, said, written, ["predict", "-o", "out"]) == expected


def test_the_command_counts(capsys):
    result = run_json(capsys, "damage", "--format", "tsv", "--count", "5")
    assert (result["files"], result["failed"]) == (5, 0)
    assert result["refused"] + result["read"] == 5
    assert [row["format"] for row in result["formats"]] == ["tsv"]
    line = complaint(capsys, "damage", "--format", "xml")
    assert line.startswith("bep: error: format: 'xml' is unknown; it must be one of csv; IDX; npz")
