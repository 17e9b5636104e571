"""What `bep estimate` is fitted to, and how far it is off on boards that were measured."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bep_boards.board import Board
from bep_boards.registry import find
from bep_estimate.cycles import cycles_per_sample, gated_share
from bep_estimate.estimate import size_of
from bep_estimate.footprint import fit, in_luts, loose, parts, total
from bep_estimate.memories import block_rams
from bep_hw.plan.layout import Layout
from bep_ref.config import AnyNetwork, ConfigError, Machine, Training, Workload, default_group_sizes, network_from_dict
from bep_studies.bench.boards import DIGITS
from bep_studies.bench.designs import DESIGNS
from bep_studies.bench.footprints import Row

KINDS = ("lut4", "ff")
FIGURES = (*KINDS, "logic_cells", "cycles_per_sample", "fmax_mhz")
NETWORKS: Mapping[str, AnyNetwork] = {design.name: design.network for design in DESIGNS}
"""By the name of a row of ``bep bench hw``; the others are of ``bep bench boards``."""


def coefficients(footprints: Sequence[Row], measured: Sequence[Row]) -> dict[str, Any]:
    """Content of ``coefficients.json``: cells fitted to ``footprints``, packing and clocks of boards ``measured``."""
    found: dict[str, Any] = {"cells": {}, "packing": {}, "clocks": _clocks(measured)}
    for family in sorted({find(row["what"]["board"]).device.family.name for row in footprints}):
        rows = [row for row in footprints if find(row["what"]["board"]).device.family.name == family]
        there = [parts(_synthesised(row)) for row in rows]
        found["cells"][family] = {kind: fit(there, _counts(rows, kind), kind) for kind in KINDS}
        placed = [row for row in measured if "build" in row and _board(row).device.family.name == family]
        beyond = [_logic(row) - row["build"]["lut4"] for row in placed]
        found["packing"][family] = fit([loose(_measured(row), row["build"]["ff"]) for row in placed], beyond, "packing")
    return found


def _synthesised(row: Row) -> Layout:
    what = row["what"]
    return Layout(network_from_dict(what["network"]), Machine.from_dict(what["machine"]))


def _counts(rows: Sequence[Row], kind: str) -> list[float]:
    """Cells of each row; LUTs without those that are memories, which nothing is fitted to."""
    if kind != "lut4":
        return [row[kind] for row in rows]
    return [row[kind] - in_luts(_synthesised(row), find(row["what"]["board"]).device) for row in rows]


def fit_errors(footprints: Sequence[Row], found: dict[str, Any]) -> dict[str, list[float]]:
    """Relative errors of LUTs and flip-flops at the points they were fitted to."""
    errors: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for row in footprints:
        cells = found["cells"][find(row["what"]["board"]).device.family.name]
        for kind in KINDS:
            [count] = _counts([row], kind)
            errors[kind].append(total(cells[kind], parts(_synthesised(row))) / count - 1)
    return errors


def _clocks(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Mean over the boards measured with a chip of their median clocks, and how many they are; trainers only."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if "build" in row and row["what"]["machine"]["training"]:
            found.setdefault(row["build"]["device"], []).append(row["build"]["fmax_median_mhz"])
    return {
        device: {"fmax_mhz": round(sum(clocks) / len(clocks), 2), "boards": len(clocks)}
        for device, clocks in sorted(found.items())
    }


def read_measured(files: Sequence[Path]) -> list[Row]:
    """The rows of ``bep bench hw`` and ``bep bench boards``, those of boards that were too small included."""
    rows: list[Row] = []
    for file in files:
        try:
            found = json.loads(file.read_text())["rows"]
            same = all(row["what"]["network"] == str(_network(row)) for row in found)
        except (ValueError, KeyError, TypeError):
            raise ConfigError(f"measured: {file} was not written by bep bench hw or bep bench boards") from None
        if not same:
            raise ConfigError(f"measured: {file} has rows of other networks than those measured today")
        rows += found
    return rows


def _network(row: Row) -> AnyNetwork:
    return NETWORKS.get(row["name"], DIGITS)


def _measured(row: Row) -> Layout:
    return Layout(_network(row), Machine.from_dict(row["what"]["machine"]))


def _board(row: Row) -> Board:
    return find(row["what"].get("board", row["name"]))


def _logic(row: Row) -> int:
    """Logic cells that a placed board takes."""
    used: int = row["build"]["utilisation"][next(iter(_board(row).device.limits))]["used"]
    return used


def compare(row: Row, found: dict[str, Any]) -> Row:
    """A measured board beside its estimate by the coefficients ``found``.

    ``memories`` and ``lacks`` (what there is too little of, None if it fits) are exact or wrong, of each figure the
    ``error`` is estimate over measurement less 1. A board that was too small for its trainer has but these two.
    """
    board, layout = _board(row), _measured(row)
    device, words = board.device, board.device.family.resources
    size = size_of(layout.network, layout.machine, board, found)
    memories = block_rams(layout, device)
    lacks = words[size.obstacle] if size.obstacle else None
    if "build" not in row:
        short = [shortage["resource"] for shortage in row["shortages"]]
        blocks = {words[device.family.memories[name]]: number for name, number in memories.items()}
        return {
            "name": row["name"],
            "memories": {
                "estimate": {name: blocks.get(name, 0) for name in short if "RAM" in name},
                "measured": {of["resource"]: of["needed"] for of in row["shortages"] if "RAM" in of["resource"]},
            },
            "lacks": {"estimate": lacks, "measured": lacks if lacks in short else short[0]},
        }
    built = row["build"]
    pairs: dict[str, tuple[float, float]] = {
        "lut4": (size.lut4, built["lut4"]),
        "ff": (size.ff, built["ff"]),
        "logic_cells": (size.used[next(iter(device.limits))], _logic(row)),
    }
    if "cosim" in row:
        pairs["cycles_per_sample"] = (
            round(cycles_per_sample(layout, _workload(row, layout)), 1),
            row["cosim"]["cycles_per_sample"],
        )
    clock = found["clocks"].get(device.name, {"boards": 0})
    if clock["boards"] > 1 and layout.machine.training:  # a single board says nothing of others
        pairs["fmax_mhz"] = (clock["fmax_mhz"], built["fmax_median_mhz"])
    figures = {
        name: {"estimate": told, "measured": true, "error": round(told / true - 1, 4)}
        for name, (told, true) in pairs.items()
    }
    return {
        "name": row["name"],
        "memories": {"estimate": memories, "measured": built["block_rams"]},
        "lacks": {"estimate": lacks, "measured": None},
        **figures,
    }


def _workload(row: Row, layout: Layout) -> Workload:
    """How the measured run went: samples that triggered, rows that passed errors on."""
    training, run = row["what"]["training"], row["cosim"]
    sizes = training.get("group_size") or default_group_sizes(layout.network.widths)
    gated = gated_share(layout, run["propagate_utilisation"] * run["cycles"], run["samples"], run["triggered"])
    return Workload(
        batch_size=training.get("batch_size", Training.batch_size),
        group_size=sizes[0],
        triggered=min(1.0, run["triggered"] / run["samples"]),
        gated=Workload.gated if gated is None else gated,
    )


def worst(rows: Sequence[Row]) -> dict[str, float]:
    """Largest error of each figure, whatever its sign, over rows of `compare`."""
    errors = {name: [abs(row[name]["error"]) for row in rows if name in row] for name in FIGURES}
    return {name: max(found) for name, found in errors.items() if found}
