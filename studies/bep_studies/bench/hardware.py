"""Cycles from co-simulation, clock from place and route: a design's training speed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from amaranth.back import rtlil

from bep_boards.chips.ecp5 import LFE5U_85F
from bep_boards.chips.ice40 import HX8K, UP5K
from bep_boards.flow.out_of_context import synthesise_component
from bep_boards.flow.trainer_build import build_trainer
from bep_boards.registry import find
from bep_hw.array.popcount import XnorPopcount
from bep_hw.hardware import hardware
from bep_ref.config import ConfigError
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_sim.cosim import cosimulate_task
from bep_studies.bench.designs import Design
from bep_studies.bench.rows import digest, kept

SWEEP_SAMPLES = 1000
"""Samples that a row of a sweep trains on; the others train on a whole epoch."""

DECIDING = ("digest", "board", "data", "training", "sweep", "seeds")
"""What makes a row another one. Network and machine are in the digest."""

Observer = Callable[[str, int, int], None]
"""Told what is being done, and how much of it is over."""


def describe(design: Design, seeds: Sequence[int]) -> dict[str, Any]:
    """What a row measures. ``digest`` is that of the hardware itself, so a change of the generator is one too."""
    text = rtlil.convert(hardware(design.network, design.machine), name="top", emit_src=False)
    return {
        "digest": digest(text, design.network, design.machine),
        "board": design.board,
        "network": str(design.network),
        "counter_bits": design.network.counter_bits,
        "machine": design.machine.to_dict(),
        "data": design.data,
        "training": {name: list(v) if isinstance(v, tuple) else v for name, v in design.training.items()},
        "sweep": design.sweep,
        "seeds": list(seeds),
    }


def measure(
    design: Design, mnist: str, seeds: Sequence[int], jobs: int, folder: Path, show: Observer
) -> dict[str, Any]:
    """Train ``design`` in co-simulation, build it with ``seeds``; figures as plain JSON types.

    Raises `ConfigError` if the hardware differs from the golden model in a single bit.
    """
    data = mnist if design.data == "mnist" else design.data
    network = design.network
    sizes = {**network.chosen(), "counter_bits": network.counter_bits}
    task = prepare(load(data), {**sizes, **design.training, "epochs": 1})
    if task.network != network:
        raise ConfigError(f"data: {data} makes a network {task.network}; {design.name} is {network}")
    samples = SWEEP_SAMPLES if design.sweep else None
    report = cosimulate_task(task, design.machine, 1, samples, folder / "cosim", show)
    if report.mismatches:
        raise ConfigError(f"{design.name}: {report.mismatches} bits differ; first: {report.first_difference}")
    built = build_trainer(network, design.machine, find(design.board), folder / "build", seeds, jobs, show).report()
    del built["bitstream"]
    rates = {
        f"samples_per_second_{which}": round(built[f"fmax_{which}_mhz"] * 1e6 / report.cycles_per_sample)
        for which in ("worst", "median")
    }
    words = {
        name: value for name, value in asdict(report).items() if name not in ("epochs", "first_difference", "traced")
    }
    return {**rates, "cosim": words, "build": built}


def measure_popcount() -> list[dict[str, Any]]:
    """LUTs a bit of the XNOR-popcount tree synthesised alone, one result a cycle."""
    rows = []
    for device in (UP5K, HX8K, LFE5U_85F):
        for lanes in (64, 256):
            lut4 = synthesise_component(XnorPopcount(lanes), device).resources.lut4
            rows.append({"device": device.name, "lanes": lanes, "lut4": lut4, "lut4_per_bit": round(lut4 / lanes, 3)})
    return rows


def measure_all(
    designs: Sequence[Design],
    mnist: str,
    seeds: int,
    sweep_seeds: int,
    jobs: int,
    folder: Path,
    show: Callable[[Design, str, int, int], None],
) -> list[dict[str, Any]]:
    """One row a design. Rows are kept in ``folder`` as they are measured: after an interruption the rest follows."""
    rows = []
    for design in designs:
        numbers = range(1, min(sweep_seeds if design.sweep else seeds, design.placements) + 1)
        place = folder / design.name
        figures = partial(measure, design, mnist, numbers, jobs, place, partial(show, design))
        rows.append(kept(place, design.name, describe(design, numbers), DECIDING, figures))
    return _compared(rows)


def _compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With ``cycles_over_inference`` in every row whose machine was measured without training too."""

    def key(row: dict[str, Any]) -> tuple[str, str, int]:
        return row["what"]["board"], row["what"]["network"], row["what"]["machine"]["lanes"]

    inference = {key(row): row["cosim"]["cycles_per_sample"] for row in rows if not row["what"]["machine"]["training"]}
    for row in rows:
        if row["what"]["machine"]["training"] and key(row) in inference:
            row["cycles_over_inference"] = round(row["cosim"]["cycles_per_sample"] / inference[key(row)], 3)
    return rows
