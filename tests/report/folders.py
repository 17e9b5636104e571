"""Run folders for the tests of the page: what training writes, and results of hardware in the shape it has."""

import json
from dataclasses import asdict
from pathlib import Path

from bep.main import main
from bep_boards.flow.floorplan import PARTS, REST
from bep_boards.flow.flow import Build
from bep_boards.flow.netlist import Resources
from bep_boards.flow.place import Placement
from bep_boards.registry import find
from bep_sim.report import Report

PASSES = {
    "forward, layer 1": 9600,
    "forward, layer 2": 6400,
    "classify": 1000,
    "backward": 9000,
    "commit": 4000,
    "waiting": 14000,
}


def train(folder: Path, *words: str) -> Path:
    """A short run in ``folder``: of pictures unless ``words`` say otherwise."""
    learn = ("--data", "digits", "--hidden", "16", "12", "--epochs", "4")
    assert main(["train", *(words or learn), "--engine", "readable", "--out", str(folder)]) == 0
    return folder


def add_cosim(folder: Path, mismatches: int = 0) -> None:
    """A result as ``bep cosim --json`` writes it."""
    cycles = sum(PASSES.values())
    report = Report(100, 90, mismatches, 3264, 3264, 100, "", cycles, cycles / 100, 0.65, 0.4, 0.8, PASSES, (), {})
    result = {"network": "192-16-12-10", "machine": {"lanes": 96}, **asdict(report)}
    (folder / "cosim.json").write_text(json.dumps(result))


def add_build(folder: Path, name: str = "icebreaker") -> None:
    """A build as ``bep synth --out`` leaves it: two seeds, and a part of the design on each of some tiles."""
    board, out = find(name), folder / name
    out.mkdir(parents=True)
    used = {kind: (most // 2, most) for kind, most in board.device.limits.items()}
    placements = tuple(Placement(seed, 30.0 + seed, used) for seed in (1, 2))
    build = Build(board, Resources(3000, 2000, {}), placements, (), None, out / "board.bin")
    (out / "report.json").write_text(json.dumps(build.report()))
    kinds, parts = list(board.device.family.resources), [*PARTS, REST]
    plan = {
        "device": board.device.name,
        "grid": board.device.grid,
        "parts": parts,
        "resources": kinds,
        "memories": [len(kinds) - 1],
        "cells": [[2 + n, 3, n % len(kinds), n, 4] for n in range(len(parts))],
    }
    (out / "floorplan.json").write_text(json.dumps(plan))


def whole(folder: Path) -> Path:
    """A folder that has everything."""
    train(folder)
    add_cosim(folder)
    add_build(folder)
    return folder
