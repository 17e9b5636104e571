"""Trials by the number, and what is kept of each."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bep_hw
import bep_ref
import bep_sim
import bep_verify
from bep_sim.tools.verilator import SimulatorError
from bep_verify.trial import draw, perform


@cache
def sources() -> str:
    """Digest of everything that decides what a trial is and how it ends."""
    total = hashlib.sha256()
    for package in (bep_hw, bep_ref, bep_sim, bep_verify):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                total.update(path.read_bytes())
    return total.hexdigest()[:16]


@dataclass(frozen=True)
class Attempt:
    """The trial of ``seed`` by the code of `sources`."""

    seed: int
    code: str

    def file(self, folder: Path) -> Path:
        return folder / f"{self.seed}-{self.code}.json"


def attempt(build: Path, run: Attempt) -> dict[str, Any]:
    """The trial's row. The build of one that fails stays in folder ``build``, under its seed.

    ``failure`` is empty, the first difference, or why the simulation did not reach its end.
    """
    trial = draw(run.seed)
    folder = build / f"seed-{run.seed}"
    shutil.rmtree(folder, ignore_errors=True)  # of a trial that failed before, or did not end
    began = _seconds()
    row: dict[str, Any] = {"trial": trial.to_dict(), "network": str(trial.network)}
    try:
        report = perform(trial, folder, quick=build)
    except SimulatorError as error:
        row |= {"mismatches": None, "failure": str(error)}
    else:
        names = ("samples", "triggered", "cycles", "counters_compared", "visible_compared", "predictions_compared")
        row |= {name: getattr(report, name) for name in names}
        row |= {"mismatches": report.mismatches, "failure": report.first_difference}
    if not row["failure"]:
        shutil.rmtree(folder)
    return row | {"seconds": round(_seconds() - began, 1)}


def _seconds() -> float:
    """Of processor time, compiler and simulator included."""
    return sum(os.times()[:4])
