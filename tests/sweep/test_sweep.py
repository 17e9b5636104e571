"""What a sweep computes, keeps, and tells."""

import io
import os
import signal
import subprocess
import sys
import time

import pytest
from distributed import LocalCluster
from matplotlib.image import imread

from bep.main import main
from bep.sweep import pareto, plan, spec
from bep.sweep.pareto import Candidate
from bep_ref.config import ConfigError
from bep_ref.datasets import load
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.cli.commands import SMALL, complaint
from tests.sweep.small_sweep import HIDDEN, specification, sweep, table


@pytest.fixture(scope="module")
def here():
    """A scheduler whose worker is a thread of this process."""
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster:
        yield "--scheduler", cluster.scheduler_address


def test_a_point_is_what_bep_train_makes_of_it(here, tmp_path):
    file, out = specification(tmp_path, "hidden = [[16, 8]]\nepochs = [4]\nmargin = [0.25]"), tmp_path / "out"
    sweep(file, out, *here)
    (line,) = table(out)
    settings = {"hidden": (16, 8), "epochs": 4, "margin": 0.25, "seed": 1}
    trainer = Trainer(prepare(load(SMALL), settings))
    trainer.run()
    assert float(line["validation_accuracy"]) == trainer.model.validation_accuracy
    test = trainer.task.test
    assert float(line["test_accuracy"]) == accuracy(trainer.model.net(), test.x, test.y)
    assert int(line["best_epoch"]) == trainer.model.epoch


def test_window_networks_are_swept_by_preset_and_geometry(here, tmp_path):
    grid = ['preset = ["windows"]', 'geometry = ["kernels=2", "kernels=3"]', "offsets = [[0.0, 0.2]]", "sums = [true]"]
    file, out = specification(tmp_path, "\n".join([*grid, "epochs = [1]"])), tmp_path / "out"
    sweep(file, out, *here)
    lines = table(out)
    assert [line["geometry"] for line in lines] == ["kernels=2", "kernels=3"]
    settings = {"preset": "windows", "geometry": {"kernels": 3}, "offsets": (0.0, 0.2), "sums": True, "epochs": 1}
    trainer = Trainer(prepare(load(SMALL), settings))
    trainer.run()
    assert float(lines[1]["validation_accuracy"]) == trainer.model.validation_accuracy
    assert lines[1]["network"] == str(trainer.task.network)


def test_only_what_is_new_is_computed(here, tmp_path):
    out = tmp_path / "out"
    first = sweep(specification(tmp_path, HIDDEN), out, *here)
    assert (first["points"], first["computed"]) == (1, 1)
    kept = next((out / "points").iterdir())
    wider = specification(tmp_path, f"{HIDDEN}\nmargin = [0.5, 0.25]", "seeds = [1, 2]")
    assert sweep(wider, out, *here)["computed"] == 4, "0.5 is the default, but a setting is a setting"
    assert sweep(wider, out, *here)["computed"] == 0
    kept.write_text("damaged")
    assert sweep(specification(tmp_path, HIDDEN), out, *here)["computed"] == 1


def test_a_failure_is_one_line_and_leaves_the_others_alone(here, tmp_path, capsys):
    """Of two networks the larger does not fit, which only its own points tell."""
    head = 'boards = ["icebreaker"]\nestimate = true'
    file, out = specification(tmp_path, "hidden = [[16, 8], [1024, 512]]\nepochs = [1]", head), tmp_path / "out"
    result = sweep(file, out, *here, code=1)
    (failure,) = result["failures"]
    assert failure["reason"].startswith("icebreaker: does not fit, by estimate; too little ")
    assert f"bep: 1 of 6 points failed; first: {failure['reason']}" in capsys.readouterr().err
    small, large = table(out)
    assert (small["failure"], large["failure"]) == ("", failure["reason"])
    rate = float(small["fmax_mhz_estimated"]) * 1e6 / float(small["cycles_per_sample_estimated"])
    assert float(small["samples_per_second_estimated"]) == round(rate)
    assert large["samples_per_second_estimated"] == large["lut4_estimated"] == ""
    assert large["test_accuracy"] != "", "it was trained all the same"
    assert [one["settings"] for one in result["front"]] == ["hidden 16 8"]
    again = sweep(file, out, *here, code=1)
    assert (again["computed"], again["failures"]) == (0, result["failures"])


def test_chips_are_synthesised_once_for_all_their_placements(tmp_path):
    head = 'seeds = [1, 2]\nboards = ["icebreaker", "ulx3s_85f"]\nplacement_seeds = [3, 4]'
    rows = plan.rows_of(spec.read(specification(tmp_path, f"{HIDDEN}\nmargin = [0.25, 0.5]", head)))
    assert len(rows) == 2 * 2 * 2 * 2
    points = {point.name: point for row in rows for point in row.points}.values()
    assert [point.kind for point in points].count("learn") == 4
    placements = [point for point in points if point.kind == "place"]
    assert len(placements) == 4, "margin and seed are none of the hardware's business"
    assert len({point.needs.name for point in placements}) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data = digits", "not TOML: Invalid value (at line 1, column 8)"),
        ("[grid]\nhidden = [[8]]", "data: nothing is out of range; it must be a data set as bep train takes it"),
        ('data = "iris"\n[grid]\nhidden = [[8]]', "data: unknown 'iris'; known are digits"),
        ('data = "digits"\nepoch = 3', "unknown field 'epoch'; known are data, seeds, boards"),
        ('data = "digits"\n[grid]\nlanes = [3]', "grid: unknown option 'lanes'; known are batch_size, binarise"),
        ('data = "digits"\n[grid]\nhidden = [64]', "grid.hidden: 64 is out of range; it must be a list whose every"),
        ('data = "digits"\n[grid]\nmargin = [0.5]', "grid.hidden: nothing is out of range"),
        (
            'data = "digits"\n[grid]\nhidden = [[8]]\nmargin = 0.5',
            "grid.margin: 0.5 is out of range; it must be a list",
        ),
        ('data = "digits"\n[grid]\nhidden = [[8]]\nmargin = [true]', "grid.margin: true is out of range"),
        ('data = "digits"\n[grid]\nhidden = [[8]]\nmargin = [3]', "margin: 3.0 is out of range; it must be 0 to 2"),
        ('data = "digits"\n[grid]\nhidden = [[8], [8]]', "grid.hidden: [8] is out of range; it must be there once"),
        ('data = "digits"\n[grid]\nhidden = [[9]]\ngroup_size = [[4]]', "group_size: 4 does not divide layer 1's 9"),
        ('data = "digits"\nseeds = [-1]', "seeds: -1 is out of range; it must be 0 to 4294967295"),
        ('data = "digits"\nboards = ["de10"]', "boards: 'de10' is not known; known are icebreaker"),
        ('data = "digits"\nestimate = true', "estimate: true is out of range; it must be left out, or boards named"),
        (
            'data = "digits"\nboards = ["icebreaker"]\nestimate = true\nplacement_seeds = [1]',
            "placement_seeds: [1] is out of range; it must be left out where estimate is true",
        ),
        (
            'data = "sequence:digits"\nboards = ["icebreaker"]\n[grid]\nstate = [16]\noutput = [16]',
            "is a recurrent network; only multilayer perceptrons will do here so far",
        ),
        (
            f'data = "digits"\nseeds = {list(range(400))}\n[grid]\nhidden = {[[width] for width in range(1, 401)]}',
            "160,000 rows are out of range; a sweep has at most 100,000",
        ),
    ],
)
def test_a_bad_specification_is_one_line_and_leaves_nothing(capsys, tmp_path, text, expected):
    file = tmp_path / "sweep.toml"
    file.write_text(text + "\n")
    assert expected in complaint(capsys, "sweep", file, "--out", tmp_path / "out")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_specification_is_utf_8_with_or_without_a_mark(tmp_path, encoding):
    file = tmp_path / "sweep.toml"
    file.write_text('# \u03b3\ndata = "digits"\n[grid]\nhidden = [[8]]\n', encoding=encoding)
    assert spec.read(file).rows == 1
    file.write_bytes(file.read_bytes() + b"# \xff\n")
    with pytest.raises(ConfigError, match="not TOML: 'utf-8' codec"):
        spec.read(file)


def test_bad_options(capsys, tmp_path):
    file = specification(tmp_path)
    assert "workers: 0 is out of range" in complaint(capsys, "sweep", file, "--workers", 0)
    assert "No such file" in complaint(capsys, "sweep", tmp_path / "none.toml")
    out = ["--out", str(tmp_path / "out")]
    assert main(["sweep", str(file), *out, "--scheduler", "tcp://127.0.0.1:9"]) == 2  # nobody listens there
    assert (
        capsys.readouterr().err.splitlines()[-1].startswith("bep: error: scheduler: no answer from tcp://127.0.0.1:9")
    )


def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(tmp_path):
    file, out = specification(tmp_path, "hidden = [[16, 8]]\nepochs = [1, 200000]"), tmp_path / "out"
    command = [sys.executable, "-m", "bep", "sweep", str(file), "--workers", "1", "--out", str(out)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    while process.poll() is None and not list((out / "points").glob("*.json")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    last = errors.strip().splitlines()[-1]
    assert last == f"bep: interrupted; finished points are kept in {out / 'points'}; repeat the command to go on"
    assert [path.suffix for path in (out / "points").iterdir()] == [".json"]
    with pytest.raises(ProcessLookupError):
        for _ in range(200):
            os.killpg(process.pid, 0)  # the last of them may take a moment
            time.sleep(0.05)


def test_the_front_has_what_no_other_beats():
    cheap, middle, best = (
        Candidate("a", "x", 0.8, 100, 10),
        Candidate("b", "x", 0.9, 50, 10),
        Candidate("c", "y", 0.95, 50, 30),
    )
    worse, equal = Candidate("d", "x", 0.9, 40, 20), Candidate("e", "x", 0.8, 100, 10)
    assert pareto.front([cheap, middle, worse, best, equal]) == [best, middle, cheap, equal]
    assert imread(io.BytesIO(pareto.pareto_plot([cheap, middle, worse, best]))).shape == (675, 1200, 4)


def test_a_candidate_is_the_mean_of_its_seeds_at_its_worst_placement():
    line = {"hidden": "8", "synapses": 5, "board": "x", "lut4": 7, "failure": None}
    lines = [
        {**line, "validation_accuracy": accuracy, "samples_per_second_estimated": rate}
        for accuracy, rate in ((0.5, 10), (0.7, 12), (0.5, 9), (0.7, 11))
    ]
    unknown = {**line, "board": "y", "validation_accuracy": 1.0, "samples_per_second_estimated": None}
    failed = {**lines[0], "failure": "why"}
    (one,) = pareto.candidates([*lines, unknown, failed], ["hidden"])
    assert (one.settings, one.board, one.rate, one.size) == ("hidden 8", "x", 9, 7)
    assert one.accuracy == pytest.approx(0.6)
