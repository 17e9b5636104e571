"""What `bep estimate` rests on: boards synthesised to count their cells, and boards measured to compare with."""

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bep.bench.rows import digest, kept
from bep_estimate.cycles import cycles_per_sample
from bep_estimate.footprint import fit, in_luts, relative_errors
from bep_estimate.memories import block_rams
from bep_hw.layout import Layout
from bep_ref.config import AnyNetwork, ConfigError, Machine, Network, RecurrentNetwork, Training, Workload, default_group_sizes
from boards.registry import find
from boards.synthesis import synthesise
from boards.trainer_build import trainer_sources

KINDS = ("lut4", "ff")
PERCEPTRON = re.compile(r"\d+(-\d+)+")
"""What a measured row calls a network that the estimator knows."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Footprint:
    """A board that is synthesised, not placed: one of the points that cells are fitted to."""

    name: str
    board: str
    network: AnyNetwork
    machine: Machine


SMALL = Network(96, (32, 24), 4)
MNIST = Network(784, (96, 96), 10)


def _up5k(lanes: int, backward_lanes: int = 24, **fields: Any) -> Machine:
    return Machine(lanes, 4, backward_lanes, spram=True, **fields)


def _ecp5(lanes: int, update_lanes: int = 16, backward_lanes: int = 32, **fields: Any) -> Machine:
    return Machine(lanes, update_lanes, backward_lanes, register_plane=True, **fields)


_BARE = {"statistics": False, "receive_buffer": False}
_WHOLE_ECP5 = {"backward_lanes": 0, "z_buffers": 2, "hits_ahead": 2048, "slots": 8, "statistics": False}

FOOTPRINTS = (
    Footprint("i-base", "icebreaker", SMALL, _up5k(24)),
    Footprint("i-lanes", "icebreaker", SMALL, _up5k(96)),
    Footprint("i-back", "icebreaker", SMALL, _up5k(32, 8)),
    Footprint("i-bare", "icebreaker", SMALL, _up5k(24, **_BARE)),
    Footprint("i-inference", "icebreaker", SMALL, _up5k(48, training=False)),
    Footprint("i-mnist", "icebreaker", MNIST, _up5k(112, hits_ahead=2, **_BARE)),
    Footprint("i-large", "icebreaker", Network(784, (128, 64), 10), _up5k(176, 40, **_BARE)),
    Footprint("i-local", "icebreaker", SMALL, _up5k(24, rule="local")),
    Footprint("i-recurrent", "icebreaker", RecurrentNetwork(48, 32, 24, 4, steps=8), _up5k(24)),
    Footprint("h-update", "ice40_hx8k_b_evn", SMALL, Machine(24, 24, 24)),
    Footprint("h-base", "ice40_hx8k_b_evn", SMALL, Machine(24, 8, 24)),
    Footprint("e-base", "ulx3s_85f", SMALL, _ecp5(32)),
    Footprint("e-lanes", "ulx3s_85f", Network(384, (32, 24), 4), _ecp5(192)),
    Footprint("e-back", "ulx3s_85f", Network(192, (96, 96), 4), _ecp5(96, backward_lanes=96)),
    Footprint("e-update", "ulx3s_85f", Network(192, (32, 24), 4), _ecp5(96, 48)),
    Footprint("e-bare", "ulx3s_85f", SMALL, _ecp5(32, **_BARE)),
    Footprint("e-inference", "ulx3s_85f", SMALL, _ecp5(64, training=False)),
    Footprint("e-local", "ulx3s_85f", SMALL, _ecp5(32, rule="local")),
    Footprint("e-recurrent", "ulx3s_85f", RecurrentNetwork(96, 64, 32, 4, steps=8), _ecp5(64)),
    Footprint("e-cache", "ulx3s_85f", SMALL, _ecp5(32, cache_samples=1000)),
    Footprint("e-mnist", "ulx3s_85f", Network(784, (128, 128), 10), _ecp5(96, 32, **_WHOLE_ECP5)),
)
"""Small boards that differ in one thing each, and a few large ones."""


def synthesise_all(folder: Path, show: Callable[[str, int, int], None]) -> list[Row]:
    """A row for each of :data:`FOOTPRINTS`, kept in ``folder``: after an interruption the rest follows."""
    rows = []
    for done, footprint in enumerate(FOOTPRINTS):
        show(footprint.name, done, len(FOOTPRINTS))
        source, _ = trainer_sources(footprint.network, footprint.machine, find(footprint.board))
        what = {
            "digest": digest(source, footprint.network, footprint.machine),
            "board": footprint.board,
            "network": footprint.network.to_dict(),
            "machine": footprint.machine.to_dict(),
        }
        place = folder / footprint.name
        rows.append(kept(place, footprint.name, what, ("digest",), partial(_synthesise, footprint, source)))
    return rows


def _synthesise(footprint: Footprint, source: str) -> Row:
    with tempfile.TemporaryDirectory() as name:
        return asdict(synthesise(source, find(footprint.board).device, "top", Path(name)))


def coefficients(footprints: Sequence[Row], measured: Sequence[Row]) -> dict[str, Any]:
    """Content of ``coefficients.json``: cells fitted to ``footprints``, packing and clocks of boards ``measured``."""
    found: dict[str, Any] = {"cells": {}, "packing": {}, "clocks": _clocks(measured)}
    for family in sorted({_family(row["what"]) for row in footprints}):
        rows = [row for row in footprints if _family(row["what"]) == family]
        layouts = [_layout(row["what"]) for row in rows]
        found["cells"][family] = {kind: fit(layouts, _counts(rows, kind), kind) for kind in KINDS}
        found["packing"][family] = _packing([row for row in measured if _family(row["build"]) == family])
    return found


def _family(row: Row) -> str:
    return find(row["board"]).device.family.name


def _layout(row: Row) -> Layout:
    return Layout(Network.from_dict(row["network"]), Machine.from_dict(row["machine"]))


def _counts(rows: Sequence[Row], kind: str) -> list[float]:
    """Cells of each row; LUTs without those that are memories, which nothing is fitted to."""
    memory = [in_luts(_layout(row["what"]), find(row["what"]["board"]).device) if kind == "lut4" else 0 for row in rows]
    return [row[kind] - luts for row, luts in zip(rows, memory, strict=True)]


def fit_errors(footprints: Sequence[Row], found: dict[str, Any]) -> dict[str, list[float]]:
    """Relative errors of LUTs and flip-flops at the points they were fitted to."""
    errors: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for row in footprints:
        for kind in KINDS:
            cells, layout = found["cells"][_family(row["what"])][kind], _layout(row["what"])
            errors[kind] += relative_errors(cells, [layout], _counts([row], kind))
    return errors


def _packing(rows: Sequence[Row]) -> float:
    """Logic cells that flip-flops take for themselves, a share of all flip-flops."""
    shares = []
    for row in rows:
        built = row["build"]
        logic = next(iter(built["utilisation"].values()))["used"]
        shares.append((logic - built["lut4"]) / built["ff"])
    return round(sum(shares) / len(shares), 4) if shares else 0.0


def _clocks(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Mean over the boards measured with a chip of their median clocks, and how many they are; trainers only."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if row["what"]["machine"]["training"]:
            found.setdefault(row["build"]["device"], []).append(row["build"]["fmax_median_mhz"])
    return {
        device: {"fmax_mhz": round(sum(clocks) / len(clocks), 2), "boards": len(clocks)}
        for device, clocks in sorted(found.items())
    }


def read_measured(files: Sequence[Path]) -> list[Row]:
    """The rows of perceptrons that ``bep bench hw`` and ``bep bench boards`` built."""
    rows: list[Row] = []
    for file in files:
        try:
            found = json.loads(file.read_text())["rows"]
            rows += [row for row in found if "build" in row and PERCEPTRON.fullmatch(row["what"]["network"])]
        except (ValueError, KeyError, TypeError):
            raise ConfigError(f"measured: {file} was not written by bep bench hw or bep bench boards") from None
    return rows


def compare(row: Row, found: dict[str, Any]) -> Row:
    """A measured board beside its estimate: (estimate, measured) of each figure, and the memories' equality."""
    what, built = row["what"], row["build"]
    board = find(built["board"])
    sizes = [int(size) for size in what["network"].split("-")]
    network = Network(sizes[0], tuple(sizes[1:-1]), sizes[-1], what["counter_bits"])
    layout = Layout(network, Machine.from_dict(what["machine"]))
    cells = found["cells"][board.device.family.name]
    estimates = {kind: built[kind] * (1 + relative_errors(cells[kind], [layout], [built[kind]])[0]) for kind in KINDS}
    estimates["lut4"] += in_luts(layout, board.device)
    measured = {kind: built[kind] for kind in KINDS}
    if "cosim" in row:
        estimates["cycles_per_sample"] = cycles_per_sample(layout, _workload(what, row["cosim"], network))
        measured["cycles_per_sample"] = row["cosim"]["cycles_per_sample"]
    clock = found["clocks"].get(board.device.name, {"boards": 0})
    if clock["boards"] > 1 and layout.machine.training:  # a single board says nothing of others
        estimates["fmax_mhz"], measured["fmax_mhz"] = clock["fmax_mhz"], built["fmax_median_mhz"]
    return {
        "name": row["name"],
        "memories": {"estimate": block_rams(layout, board.device), "measured": built["block_rams"]},
        **{
            name: {
                "estimate": round(value, 1),
                "measured": measured[name],
                "error": round(value / measured[name] - 1, 4),
            }
            for name, value in estimates.items()
        },
    }


def _workload(what: Row, cosim: Row, network: Network) -> Workload:
    """How the measured run went, as far as its row tells."""
    training = what["training"]
    sizes = training.get("group_size") or default_group_sizes(network.widths)
    return Workload(
        batch_size=training.get("batch_size", Training.batch_size),
        group_size=sizes[0],
        triggered=min(1.0, cosim["triggered"] / cosim["samples"]),
    )


def worst(rows: Sequence[Row]) -> dict[str, float]:
    """Largest error of each figure, whatever its sign, over rows of :func:`compare`."""
    names = (*KINDS, "cycles_per_sample", "fmax_mhz")
    errors = {name: [abs(row[name]["error"]) for row in rows if name in row] for name in names}
    return {name: max(found) for name, found in errors.items() if found}
