"""Ctrl-C in the middle of a real run, and what --resume makes of it."""

import os
import signal
import subprocess
import sys
import time

from bep.main import main
from bep_ref.files.archive import ArchiveError
from bep_ref.runs.checkpoint import Saved
from tests.cli.commands import SMALL

LONG = ["train", "--data", SMALL, "--hidden", "32", "16", "--epochs", "600", "--batch-size", "10"]


def epochs_done(checkpoint):
    try:
        return len(Saved.read(checkpoint).header["history"])
    except ArchiveError:  # not there yet
        return -1


def test_interrupted_run_resumes_to_the_same_model(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    process = subprocess.Popen(
        [sys.executable, "-m", "bep", *LONG, "--out", str(broken)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and epochs_done(broken / "checkpoint.npz") < 2:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    done = epochs_done(broken / "checkpoint.npz")
    assert 2 <= done < 600
    last = errors.strip().splitlines()[-1]
    assert last == f"bep: interrupted; {done} of 600 epochs are saved; continue with: bep train --out {broken} --resume"
    assert {file.name for file in broken.iterdir()} == {"checkpoint.npz"}, "nothing half written"

    assert main(["train", "--out", str(broken), "--resume"]) == 0
    assert main([*LONG, "--out", str(whole)]) == 0
    assert (broken / "model.npz").read_bytes() == (whole / "model.npz").read_bytes()


def test_interrupted_reproduction_keeps_its_finished_runs(tmp_path):
    command = [sys.executable, "-m", "bep", "reproduce", "prototypes", "--prototypes", SMALL, "--widths", "15"]
    command += ["--layers", "1", "--seeds", "1", "--only", "bep", "--epochs", "3000", "--search-epochs", "1"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and len(list(tmp_path.glob("*.json"))) < 2:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    last = errors.strip().splitlines()[-1]
    assert last == f"bep: interrupted; finished runs are kept in {tmp_path}; repeat the command to go on"
    assert {file.suffix for file in tmp_path.iterdir()} == {".json"}, "nothing half written"
