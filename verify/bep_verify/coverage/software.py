"""Which branches of the packages their tests take, by coverage.py; what it counts is set in pyproject.toml."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bep_ref
from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically
from bep_verify.coverage.holes import SOFTWARE

PACKAGES = ("bep_ref", "bep_hw", "bep_host")
TESTS = ("tests/ref", "tests/hw", "tests/link", "tests/host")
ROOT = Path(bep_ref.__path__[0]).parent


class TestsError(ConfigError):
    """The tests cannot be run here, or fail."""


def measure(folder: Path, jobs: int, tests: tuple[str, ...] = TESTS) -> dict[str, Any]:
    """What folders of ``tests`` cover, ``jobs`` at a time: rows of `PACKAGES`, and the branches never taken.

    Work in ``folder``.
    """
    for name in tests:
        if not (ROOT / name).exists():
            raise TestsError(f"{name}: the tests are not installed; run this in the project's own folder")
    data = folder.absolute() / "coverage"
    for old in folder.glob("coverage*"):
        old.unlink()
    # one process for a folder of tests: xdist would not wait long for its workers to write what they saw
    with ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(lambda name: _run(data, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", name), tests):
            pass
    _run(data, "combine", "-q")
    _run(data, "json", "-q", "-o", str(data.with_suffix(".json")))
    return summary(json.loads(data.with_suffix(".json").read_text())["files"])


def _run(data: Path, *words: str) -> None:
    command = [sys.executable, "-m", "coverage", *words]
    environment = {**os.environ, "COVERAGE_FILE": str(data)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        log = data.with_name(f"coverage-{Path(words[-1]).name}.log")
        write_atomically(log, (done.stdout + done.stderr).encode())
        raise TestsError(f"coverage {words[0]}: {_last(done.stdout + done.stderr)}; all of it is in {log}")


def _last(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it ended without a message")


def summary(files: dict[str, Any]) -> dict[str, Any]:
    """Of coverage.py's files, a row a package and, file by file, the branches not taken, ``from->to`` (0: its end), and
    why, where that is known.
    """
    rows = []
    for package in PACKAGES:
        own = [found["summary"] for name, found in files.items() if name.split("/")[0] == package]
        counts = {
            name: sum(found[key] for found in own)
            for name, key in (
                ("lines", "num_statements"),
                ("lines_covered", "covered_lines"),
                ("branches", "num_branches"),
                ("branches_covered", "covered_branches"),
            )
        }
        rows.append(
            {"package": package, **counts, "share": round(counts["branches_covered"] / max(1, counts["branches"]), 4)}
        )
    holes = {
        name: [f"{start}->{max(0, end)}" for start, end in found["missing_branches"]]
        for name, found in files.items()
        if found["missing_branches"]
    }
    return {"packages": rows, "holes": holes, "reasons": {name: SOFTWARE.get(name, "") for name in holes}}
