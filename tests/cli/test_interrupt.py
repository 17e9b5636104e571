"""Ctrl-C in the middle of a real run, and what --resume makes of it."""

import signal
import subprocess
import sys
import time

from bep.main import main
from bep_ref.archive import ArchiveError
from bep_ref.checkpoint import Saved
from tests.cli.commands import SMALL

LONG = ["train", "--data", SMALL, "--hidden", "32", "16", "--epochs", "300", "--batch-size", "10"]


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
    assert 2 <= done < 300
    last = errors.strip().splitlines()[-1]
    assert last == f"bep: interrupted; {done} of 300 epochs are saved; continue with: bep train --out {broken} --resume"
    assert {file.name for file in broken.iterdir()} == {"checkpoint.npz"}, "nothing half written"

    assert main(["train", "--out", str(broken), "--resume"]) == 0
    assert main([*LONG, "--out", str(whole)]) == 0
    assert (broken / "model.npz").read_bytes() == (whole / "model.npz").read_bytes()
