"""Contenders by turns, several times, in one run: whatever else the machine does meets all of them."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bep_ref.config import ConfigError
from bep_ref.distribution import installed_version
from bep_studies.bench.software.contender import CONTENDERS

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def measure_all(
    names: Sequence[str], data: str, epochs: int, rounds: int, show: Callable[[str, int], None]
) -> list[dict[str, Any]]:
    """One row a contender; ``show`` is told whose turn it is, and how many turns are over.

    Round n trains with seed n, everybody on one thread.

    Raises `ConfigError` if a contender fails, or if two that have digests differ.
    """
    turns: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for number in range(1, rounds + 1):
        for name in names:
            show(name, sum(map(len, turns.values())))
            turns[name].append(_turn(name, data, epochs, number))
    rows = [_row(name, turns[name]) for name in names]
    alike: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        if any(row["digests"]):
            alike.setdefault(str(CONTENDERS[row["name"]].settings), set()).add(tuple(row["digests"]))
    if any(len(digests) > 1 for digests in alike.values()):
        raise ConfigError("engines: they ended with different counters")
    return rows


def _turn(name: str, data: str, epochs: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bep_studies.bench.software.contender", name, data, str(epochs), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | dict.fromkeys(THREADS, "1"))
    if done.returncode:
        raise ConfigError(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _row(name: str, turns: list[dict[str, Any]]) -> dict[str, Any]:
    def spread(key: str) -> dict[str, float]:
        values = [turn[key] for turn in turns]
        return {"median": median(values), "min": min(values), "max": max(values)}

    return {
        "name": name,
        "title": CONTENDERS[name].title,
        **{key: spread(key) for key in ("samples_per_second", "peak_memory_mb", "test_accuracy")},
        "digests": [turn["digest"] for turn in turns],
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on, and with."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    packages = ("numpy", "numba", "torch", "tmu")
    return {
        "processor": model or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {package: installed_version(package) for package in packages},
    }
