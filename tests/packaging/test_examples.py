"""The examples run as they are."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def printed(name, *arguments):
    command = [sys.executable, "-W", "error", EXAMPLES / name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def percentages(text):
    return [float(word.strip("%,;")) for word in text.split() if word.strip(",;").endswith("%")]


def test_online():
    first, last = percentages(printed("online.py"))
    assert last > first + 20


def test_grid_search(tmp_path):
    assert percentages(printed("grid_search.py", tmp_path / "cancer.npz"))[0] > 85
    assert (tmp_path / "cancer.npz").exists()


def test_microcontroller(tmp_path):
    assert printed("microcontroller.py", tmp_path).startswith("450 of 450 classes agree")


def test_every_example_has_a_test():
    names = {f"test_{path.stem}" for path in EXAMPLES.glob("*.py")}
    assert names <= globals().keys()
