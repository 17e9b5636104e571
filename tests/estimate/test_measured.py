"""Estimates beside every board that was measured: memories exact, cycles within 5 %, LUTs within 15 %."""

import json
from pathlib import Path

import pytest

from bep.bench.estimate import compare, read_measured
from bep_estimate.cycles import cycles_per_sample
from bep_estimate.footprint import coefficients
from bep_hw.layout import Layout
from bep_ref.config import Machine, Network, Workload

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


MEASURED = [file for name in ("hardware", "boards") if (file := BENCHMARKS / f"{name}.json").exists()]


@pytest.mark.parametrize("row", read_measured(MEASURED), ids=lambda row: row["name"])
def test_a_board_as_built_is_a_board_as_estimated(row):
    found = compare(row, coefficients())
    assert found["memories"]["estimate"] == found["memories"]["measured"]
    assert "cosim" not in row or abs(found["cycles_per_sample"]["error"]) <= 0.05
    assert abs(found["lut4"]["error"]) <= 0.15


def test_cycles_of_another_network_on_the_same_board():
    report = json.loads((BENCHMARKS / "cosim-digits.json").read_text())
    layout = Layout(Network(192, (128, 128), 10), Machine.from_dict(report["machine"]))
    share = report["triggered"] / report["samples"]
    found = cycles_per_sample(layout, Workload(batch_size=50, group_size=16, triggered=share))
    assert found == pytest.approx(report["cycles_per_sample"], rel=0.05)


def test_without_training_the_array_reads_a_word_in_every_cycle():
    layout = Layout(Network(784, (96, 96), 10), Machine(200, 4, spram=True, training=False))
    words = 4 * 96 + 96 + 10
    assert cycles_per_sample(layout, Workload()) == pytest.approx(words, rel=0.01)


def test_what_does_not_trigger_takes_less():
    layout = Layout(Network(784, (96, 96), 10), Machine(200, 4, 48, spram=True))
    cycles = [cycles_per_sample(layout, Workload(triggered=share)) for share in (0, 0.5, 1)]
    assert cycles == sorted(cycles)
    assert cycles[2] > 1.3 * cycles[0]
