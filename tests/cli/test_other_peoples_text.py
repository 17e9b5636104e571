"""Names of classes, labels and paths are shown as they are, whatever is in them, wherever output goes."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bep.console import COMMANDS, WHOLE, Console, Table, one_line, progress_bar
from bep.main import main

NAMES = (
    "[low]",
    "[/mid]",
    "[bold red]high[/]",
    ":smile:",
    "two\nlines\ttab",
    "\x1b[31m\x1b[2J\x07red",
    "\u202egnol\u2066",
    "\u05e2\u05d1\u05e8\u05d9\u05ea \U0001f468\u200d\U0001f469\u200d\U0001f467 \u03bb\u00fc",
    "<script>alert('x')</script>&amp;",
    'a,b;"c" \\ %s {0} $\\alpha$',
    "-",
    "long " * 60 + "end",
)
FOLDER = "[/old]/run[old] :smile: it's \x1b[31m\u03bb\n" + "deep" * 40


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run folder with a hostile name, and the data that it learned, whose classes have hostile names."""
    place = tmp_path_factory.mktemp("hostile") / FOLDER
    place.mkdir(parents=True)
    numbers = np.random.default_rng(1)
    y = np.arange(20 * len(NAMES)) % len(NAMES)
    x = numbers.normal(size=(len(y), 8)) + 3 * np.eye(len(NAMES), 8)[y]
    data = place / "data.npz"
    np.savez(data, x=x, y=np.array(NAMES)[y])
    run = place / "run"
    options = ["--data", f"npz:{data}", "--hidden", "16", "--batch-size", "5", "--epochs", "2", "--out", str(run)]
    assert main(["train", *options]) == 0
    return run, f"npz:{data}"


def shown(capsys, *argv):
    """Standard output of a command that succeeds; it must not command the terminal, nor wrap or cut a line."""
    capsys.readouterr()
    assert main(list(map(str, argv))) == 0
    captured = capsys.readouterr()
    for text in (captured.out, captured.err):
        assert not COMMANDS.search(text.replace("\n", ""))
        assert "\u2026" not in text, "something is cut off"
    return captured.out


def test_training_names_its_folder_whole(trained, capsys):
    run, data = trained
    text = shown(
        capsys, "train", "--data", data, "--hidden", 8, "--epochs", 1, "--batch-size", 5, "--out", run.parent / "[b]"
    )
    assert any(line.startswith(one_line(data)) for line in text.splitlines())
    assert one_line(str(run.parent / "[b]" / "model.npz")) in text


def test_every_class_is_named_in_evaluation_and_information(trained, capsys):
    run, data = trained
    evaluated = shown(capsys, "eval", run / "model.npz", "--data", data)
    told = shown(capsys, "info", run / "model.npz")
    for name in NAMES:
        assert evaluated.count(one_line(name)) >= 2, "a heading and a row"
        assert one_line(name) in told
    assert one_line(str(run / "model.npz")) in told


def test_predictions_are_data_and_leave_names_as_they_are(trained, tmp_path):
    run, data = trained
    words = [sys.executable, "-m", "bep", "predict", str(run / "model.npz"), "--data", data]
    done = subprocess.run(words, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True)
    assert main([*words[3:], "-o", str(tmp_path / "file.csv")]) == 0
    assert done.stdout == (tmp_path / "file.csv").read_bytes()
    heading = next(csv.reader(io.StringIO(done.stdout.decode(), newline="")))
    assert set(heading) == {"class", *(f"score {name}" for name in NAMES)}


def test_files_are_named_by_every_command_that_writes_one(trained, capsys):
    run, _ = trained
    out = run.parent
    for argv, file in (
        (["report", run], run / "report.html"),
        (["export", run / "model.npz", "--to", "c", "-o", out / "[c]"], out / "[c]"),
        (["export", run / "model.npz", "--to", "npz", "-o", out / "[p].npz"], out / "[p].npz"),
        (["export", run / "model.npz", "--to", "mem", "-o", out / "[m]"], out / "[m]"),
        (["import", out / "[p].npz", "-o", out / "[i].npz"], out / "[i].npz"),
        (["program", "--board", "icebreaker", "--file", out / "[x].bin", "--dry-run"], "[x].bin"),
    ):
        assert one_line(str(file)) in shown(capsys, *argv)


def test_the_page_escapes_names(trained, capsys):
    run, _ = trained
    shown(capsys, "report", run)
    page = (run / "report.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "[bold red]high[/]" in page


def test_errors_are_one_line(trained, capsys):
    run, _ = trained
    for argv in (
        ["eval", run / "none\nat all[/]", "--data", "digits"],
        ["train", "--data", "csv:\x1b[31m[/]\n"],
        ["fly[/]\n"],
    ):
        capsys.readouterr()
        assert main(list(map(str, argv))) == 2
        text = capsys.readouterr().err
        assert text.count("\n") == 1
        assert not COMMANDS.search(text.rstrip("\n"))


def test_a_sweep_names_its_folder(capsys, tmp_path):
    spec = tmp_path / "[spec].toml"
    spec.write_text('data = "digits"\n[grid]\nhidden = [[8]]\nepochs = [1]\n')
    out = tmp_path / FOLDER
    assert one_line(str(out / "results.csv")) in shown(capsys, "sweep", spec, "--out", out, "--workers", 1)


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=" ".join,
)
def test_a_terminal_without_the_characters_gets_escapes(trained, variables):
    run, data = trained
    for argv in (["eval", run / "model.npz", "--data", data], ["info", run / "model.npz"], ["train", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "bep", *argv], env=os.environ | variables, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"[bold red]high[/]" in done.stdout or argv[-1] == "--help"
        if variables.get("PYTHONIOENCODING") != "latin-1":
            done.stdout.decode("ascii")


@pytest.mark.parametrize("columns", [None, "0", "1", "-3", "wide", "\u00b2", "9" * 5000])
def test_without_a_terminal_lines_are_whole(monkeypatch, capsys, columns):
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    console, line = Console(), "word/" * 800
    console.print(line)
    table = Table("name", "value", title=line)
    table.add_row("path", line)
    console.print(table)
    console.rule("heading")
    text = capsys.readouterr().out
    assert text.splitlines()[0] == line
    assert text.splitlines()[1] == line
    assert "".join(re.findall("[word/]", text.split("value")[1])).startswith("word/")
    if columns == "1":
        assert text.count("word/") > 2000, "folded, not cut"
    else:
        assert console.width == WHOLE
        assert f" {line} " in text
    assert max(map(len, text.splitlines()[-1:])) <= 80


def test_a_bar_shows_a_description_as_it_is(capsys):
    with progress_bar(Console()) as progress:
        progress.add_task("[/red] :smile:\n\x1b[2J", total=1)
    assert "[/red] :smile:\\n\\x1b[2J" in capsys.readouterr().out


def test_only_one_module_makes_consoles_and_tables():
    root = Path(__file__).parents[2]
    makers = re.compile(r"^\s*(from rich(\.\w+)* import|import rich)", re.MULTILINE)
    found = {
        str(path.relative_to(root))
        for folder in ("bep", "bep_report", "verify", "boards", "sim", "studies")
        for path in (root / folder).rglob("*.py")
        if makers.search(path.read_text())
    }
    assert found == {"bep/console.py", "studies/bep_studies/reproduce/tables.py"}, "the second imports a box"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("argv", [["info"], ["info", "--json", "-"]])
def test_a_full_disk_behind_standard_output_is_named(argv):
    # as most users have it: what Python holds back is written once more at the end
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bep", *argv],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=buffered,
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1] == "bep: error: standard output: No space left on device"


@pytest.mark.parametrize("argv", [["info"], ["info", "--json", "-"], ["train", "--data", "digits", "--epochs", "1"]])
def test_a_reader_that_leaves_ends_the_command_quietly(argv, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bep", *argv],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert "rror" not in done.stderr
