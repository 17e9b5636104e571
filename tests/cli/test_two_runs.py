"""Two commands, one folder: the second is refused in one line, and what the first writes is what it would be alone."""

import subprocess
import sys
import time

import pytest

from bep.main import main
from bep_ref.files.lock import NAME
from tests.cli.commands import SMALL, TRAIN, complaint

LONG = ["train", "--data", SMALL, "--hidden", "32", "16", "--epochs", "40", "--batch-size", "10"]


def test_two_trainings_in_one_folder(tmp_path, capsys):
    run, alone = tmp_path / "run", tmp_path / "alone"
    first = subprocess.Popen([sys.executable, "-m", "bep", *LONG, "--out", str(run)], stderr=subprocess.PIPE, text=True)
    while first.poll() is None and not (run / "checkpoint.npz").exists():
        time.sleep(0.02)
    for again in ([*TRAIN, "--out", run], ["train", "--resume", "--out", run]):
        line = complaint(capsys, *again)
        assert line.startswith(f"bep: error: out: {run} is in use by process {first.pid} (bep train --data ")
    _, errors = first.communicate()
    assert first.returncode == 0, errors
    assert main([*LONG, "--out", str(alone)]) == 0
    for name in ("model.npz", "checkpoint.npz"):
        assert (run / name).exists()
    assert (run / "model.npz").read_bytes() == (alone / "model.npz").read_bytes()
    assert not (run / NAME).exists()
    assert main(["train", "--resume", "--out", str(run), "--epochs", "41"]) == 0


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        ([*TRAIN, "--out"], "out"),
        (["run", "--port", "nowhere", "--data", SMALL, "--out"], "out"),
        (["sweep", "sweep.toml", "--out"], "out"),
        (["synth", "--board", "icebreaker", "--out"], "out"),
        (["demo", "--out"], "out"),
        (["fuzz", "--build"], "build"),
        (["gates", "--build"], "build"),
        (["mutate", "--build"], "build"),
        (["coverage", "--build"], "build"),
        (["prove", "--build"], "build"),
        (["upset", "--data", SMALL, "--build"], "build"),
        (["bench", "hw", "--build"], "build"),
    ],
    ids=lambda argv: argv[0] if isinstance(argv, list) else "",
)
def test_every_command_that_fills_a_folder_locks_it(tmp_path, capsys, argv, option):
    code = "import sys; from pathlib import Path; from bep_ref.files.lock import locked\n"
    code += "with locked(Path(sys.argv[1])):\n    print(flush=True)\n    sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "\n"
        line = complaint(capsys, *argv, tmp_path)
    assert line.startswith(f"bep: error: {option}: {tmp_path} is in use by process {other.pid} ")


def test_a_refused_command_leaves_no_folder(tmp_path, capsys):
    complaint(capsys, "train", "--data", "iris", "--out", tmp_path / "a" / "run")
    assert list(tmp_path.iterdir()) == []
