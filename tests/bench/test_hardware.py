"""The table of training hardware: one small design measured for real, and what is measured again."""

import json
from functools import partial

import pytest

from bep_boards.registry import find
from bep_hw.plan.layout import Layout
from bep_ref.config import ConfigError, Machine, Network
from bep_studies.bench.designs import DESIGNS, Design
from bep_studies.bench.hardware import measure_all
from bep_studies.bench.throughput_plot import throughput_plot
from tests.cli.commands import complaint

DATA = "prototypes:classes=2,bits=24,flip=0.2,train=80,test=20"
SMALL = Design(
    "small", "ice40_hx8k_b_evn", Network(24, (8,), 2), Machine(8, 4), DATA, {"batch_size": 8, "group_size": (4,)}
)


def rows_of(folder, design=SMALL, seeds=1):
    shown = []
    rows = measure_all([design], "", seeds, 1, 1, folder, lambda _, stage, *counts: shown.append(stage))
    return rows, shown


def test_a_row_is_measured_once_and_adds_up(tmp_path):
    (row,), shown = rows_of(tmp_path)
    assert {"simulation", "place and route"} <= set(shown)
    json.dumps(row, allow_nan=False)
    cosim, build = row["cosim"], row["build"]
    assert cosim["mismatches"] == 0
    assert cosim["samples"] == 72, "what is left of 80 after validation"
    assert row["samples_per_second_worst"] == round(min(build["fmax_mhz"]) * 1e6 / cosim["cycles_per_sample"])
    assert build["lut4"] > 500
    assert throughput_plot([row])[:4] == b"\x89PNG"
    again, shown = rows_of(tmp_path)
    assert (again, shown) == ([row], [])


def test_training_is_compared_with_inference_on_the_same_lanes(tmp_path):
    inference = Design("inference", SMALL.board, SMALL.network, Machine(8, 4, training=False), DATA, SMALL.training)
    ask = partial(measure_all, mnist="", seeds=1, sweep_seeds=1, jobs=1, folder=tmp_path, show=lambda *_: None)
    rows = ask([SMALL, inference])
    cycles = [row["cosim"]["cycles_per_sample"] for row in rows]
    assert rows[0]["cycles_over_inference"] == round(cycles[0] / cycles[1], 3) > 1
    assert "cycles_over_inference" not in rows[1]
    assert rows[1]["build"]["lut4"] < 0.7 * rows[0]["build"]["lut4"]


def test_data_that_do_not_suit_the_design_are_refused(tmp_path):
    wrong = Design("wrong", SMALL.board, Network(25, (8,), 2), SMALL.machine, DATA, SMALL.training)
    with pytest.raises(ConfigError, match="makes a network 24-8-2; wrong is 25-8-2"):
        rows_of(tmp_path, wrong)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_published_designs_are_possible(design):
    Layout(design.network, design.machine)
    find(design.board)


def test_bad_options_are_one_line(capsys):
    assert "only: 'zynq' is not known; known are icebreaker-200" in complaint(capsys, "bench", "hw", "--only", "zynq")
    assert "seeds: 0 is out of range" in complaint(capsys, "bench", "hw", "--seeds", 0)
