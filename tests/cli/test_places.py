"""Files that cannot be written: the message names the user's file or folder, before the work where it can be known."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bep.main import main
from tests.cli.commands import SMALL, TRAIN, complaint

LIMIT = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)\n"
LIMIT += "from bep.main import main; sys.exit(main(sys.argv[2:]))"
"""A program on a disk that has room for files of so many bytes, its first argument."""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    run = tmp_path_factory.mktemp("model") / "run"
    assert main([*TRAIN, "--out", str(run)]) == 0
    return run / "model.npz"


def commands(model, place):
    """Every command that writes a file, and the option that names it, writing to ``place``."""
    return {
        "qonnx": (["export", model, "--to", "qonnx", "-o", place], "out"),
        "npz": (["export", model, "--to", "npz", "-o", place], "out"),
        "verilog": (["verilog", model, "-o", place], "out"),
        "import": (["import", "nothing.npz", "-o", place], "out"),
        "report": (["report", model.parent, "--out", place], "out"),
        "json": (["info", model, "--json", place], "json"),
        "waves": (["cosim", "--data", SMALL, "--waves", place], "waves"),
        "demo": (["demo", "--out", model.parent / "demo", "--waves", place], "waves"),
        "plot": (["bench", "gate", "--plot", place], "plot"),
    }


@pytest.mark.parametrize("name", commands(Path(), ""))
def test_a_folder_is_no_file(capsys, model, tmp_path, name):
    argv, _ = commands(model, tmp_path)[name]
    assert complaint(capsys, *argv) == f"bep: error: {tmp_path}: is a folder; it must be a file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", commands(Path(), ""))
def test_a_folder_that_is_not_there(capsys, model, tmp_path, name):
    argv, option = commands(model, tmp_path / "no" / "file")[name]
    expected = f"bep: error: {option}: the folder of {tmp_path / 'no' / 'file'} does not exist"
    assert complaint(capsys, *argv) == expected
    assert not (model.parent / "demo").exists()


@pytest.mark.parametrize(
    "argv", [["train", "--data", SMALL, "--epochs", "1"], ["sweep", "a.toml"], ["synth", "--board", "icebreaker"]]
)
def test_a_file_is_no_folder(capsys, tmp_path, argv):
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        line = complaint(capsys, *argv, "--out", out)
        assert line in (f"bep: error: {out}: File exists", f"bep: error: {out}: Not a directory")


@pytest.mark.parametrize(
    ("argv", "file", "room"),
    [
        (["train", "--data", SMALL, "--epochs", "1", "--out", "full"], "full/checkpoint.npz", 2048),
        (["export", "{model}", "--to", "qonnx", "-o", "m.onnx"], "m.onnx", 512),
        (["export", "{model}", "--to", "npz", "-o", "m.npz"], "m.npz", 512),
        (["report", "{run}", "--out", "page.html"], "page.html", 2048),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_full_disk_names_the_users_file(model, tmp_path, argv, file, room):
    words = [word.format(model=model, run=model.parent) for word in argv]
    command = [sys.executable, "-c", LIMIT, str(room), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1] == f"bep: error: {file}: File too large"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "nothing half written"


def test_a_file_that_was_there_stays_whole_on_a_full_disk(model, tmp_path):
    (tmp_path / "m.npz").write_text("before")
    command = [sys.executable, "-c", LIMIT, "512", "export", str(model), "--to", "npz", "-o", "m.npz"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 2
    assert (tmp_path / "m.npz").read_text() == "before"


def test_devices_and_links_stay_what_they_are(model, tmp_path, capsys):
    link, target = tmp_path / "link.npz", tmp_path / "target.npz"
    target.touch()
    link.symlink_to(target)
    assert main(["export", str(model), "--to", "npz", "-o", str(link)]) == 0
    assert link.is_symlink()
    assert target.stat().st_size > 0
    assert main(["export", str(model), "--to", "npz", "-o", os.devnull]) == 0
    assert Path(os.devnull).is_char_device()
    reading, writing = os.pipe()
    assert main(["info", str(model), "--json", f"/dev/fd/{writing}"]) == 0
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert '"network"' in pipe.read()
    dangling = tmp_path / "dangling"
    capsys.readouterr()
    dangling.symlink_to(tmp_path / "no" / "where")
    assert complaint(capsys, "info", model, "--json", dangling).endswith(f"{tmp_path / 'no'}: no such folder")
