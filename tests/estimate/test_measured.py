"""Estimates beside every board that was measured: memories exact, cycles within 5 %, LUTs within 15 %."""

import json
from pathlib import Path

import pytest

from bep_estimate.cycles import cycles_per_sample, gated_share
from bep_estimate.footprint import coefficients
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, Network, RecurrentNetwork, Workload
from bep_studies.bench.estimate import compare, read_measured, worst
from bep_studies.bench.estimate_page import table, with_table

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LIMITS = {"lut4": 0.15, "logic_cells": 0.15, "cycles_per_sample": 0.05}
MEASURED = read_measured([BENCHMARKS / "hardware.json", BENCHMARKS / "boards.json"])


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row["name"])
def test_a_board_as_built_is_a_board_as_estimated(row):
    found = compare(row, coefficients())
    assert found["memories"]["estimate"] == found["memories"]["measured"]
    assert found["lacks"]["estimate"] == found["lacks"]["measured"]
    errors = {name: found[name]["error"] for name in LIMITS if name in found}
    assert {name: error for name, error in errors.items() if abs(error) > LIMITS[name]} == {}


def test_the_errors_told_are_those_of_the_boards_measured():
    rows = [compare(row, coefficients()) for row in MEASURED]
    told = json.loads((BENCHMARKS / "estimate.json").read_text())
    assert told["rows"] == rows
    assert told["worst_error"] == coefficients()["worst_error"] == worst(rows)
    page = (BENCHMARKS.parent / "docs" / "estimate.md").read_text()
    assert with_table(page, table(rows, worst(rows))) == page


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("digits", Network(192, (128, 128), 10)),
        ("digits-local", Network(192, (64, 64), 10)),
        ("italy", RecurrentNetwork(64, 64, 64, 2, steps=8)),
    ],
)
def test_cycles_of_other_networks(name, network):
    """Batches of 50 and groups of 16, as they were co-simulated; Italy's in windows of three hours."""
    report = json.loads((BENCHMARKS / f"cosim-{name}.json").read_text())
    layout = Layout(network, Machine.from_dict(report["machine"]))
    samples, triggered = report["samples"], report["triggered"]
    words = report["propagate_utilisation"] * report["cycles"]
    gated = gated_share(layout, words, samples, triggered)
    workload = Workload(50, 16, triggered / samples, Workload.gated if gated is None else gated)
    assert cycles_per_sample(layout, workload) == pytest.approx(report["cycles_per_sample"], rel=0.05)


def test_every_step_beyond_many_takes_as_long_as_the_one_before():
    def cycles(steps):
        layout = Layout(RecurrentNetwork(32, 32, 32, 4, steps=steps), Machine(32, 8))
        return cycles_per_sample(layout, Workload(batch_size=20, group_size=16, gated=0.2))

    assert cycles(96) - cycles(64) == pytest.approx(cycles(64) - cycles(32), rel=1e-6)
    assert cycles(64) == pytest.approx(2 * cycles(32), rel=0.1)


def test_without_training_the_array_reads_a_word_in_every_cycle():
    layout = Layout(Network(784, (96, 96), 10), Machine(200, 4, spram=True, training=False))
    words = 4 * 96 + 96 + 10
    assert cycles_per_sample(layout, Workload()) == pytest.approx(words, rel=0.01)


def test_what_does_not_trigger_takes_less():
    layout = Layout(Network(784, (96, 96), 10), Machine(200, 4, 48, spram=True))
    cycles = [cycles_per_sample(layout, Workload(triggered=share)) for share in (0, 0.5, 1)]
    assert cycles == sorted(cycles)
    assert cycles[2] > 1.3 * cycles[0]
