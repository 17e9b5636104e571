"""``bep train``, ``eval``, ``info`` and ``report`` with window networks; hardware's refusals."""

import numpy as np
import pytest

from bep.main import main
from bep_ref.datasets import load
from bep_ref.runs.model import Model
from tests.cli.commands import complaint, run_json

SMALL = ["train", "--data", "digits", "--preset", "windows", "--geometry", "kernels=3", "--seed", 2]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    assert main([str(word) for word in [*SMALL, "--epochs", 3, "--out", folder]]) == 0
    return folder


def test_a_model_is_measured_and_shown(trained, capsys):
    result = run_json(capsys, "eval", trained / "model.npz", "--data", "digits")
    assert result["accuracy"] > 0.8
    info = run_json(capsys, "info", trained / "model.npz")
    geometry = info["network"]["geometry"]
    assert (geometry["shape"], geometry["window"], geometry["kernels"]) == ([8, 8, 3], [4, 4], 3)
    assert (info["synapses"], info["training"]["rule"]) == (16 * 3 * 48, "windows")


def test_scores_of_shifted_copies_are_summed(trained, capsys):
    one = run_json(capsys, "eval", trained / "model.npz", "--data", "digits")
    five = run_json(capsys, "eval", trained / "model.npz", "--data", "digits", "--copies", 5)
    assert (one["copies"], five["copies"]) == (1, 5)
    model, x = Model.load(trained / "model.npz"), load("digits").x_test
    shifts = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    expected = sum(model.net().scores(model.binariser(x), np.tile(shift, (len(x), 1))) for shift in shifts)
    assert model.scores(x, 5).tolist() == expected.tolist()
    assert five["accuracy"] == (expected.argmax(axis=1) == load("digits").y_test).mean()
    assert "copies: 6 is out of range; it must be 1 to 5" in complaint(
        capsys, "eval", trained / "model.npz", "--data", "digits", "--copies", 6
    )


def test_the_plan_says_what_was_chosen(capsys, tmp_path):
    assert main([str(word) for word in [*SMALL, "--epochs", 1, "--shifts", 1, "--sums", "--out", tmp_path]]) == 0
    shown = capsys.readouterr().out
    assert "8x8x3: 4x4 windows at 4x4 places, best of 2x2 spaced 1, 3 kernels, 12-bit read-out of 10 classes" in shown
    assert "binarised by threshold=2,6,11, samples moved by up to 1" in shown
    assert "kernels rest in the last 0 epochs, the read-out's sums predict" in " ".join(shown.split())


def test_resume(trained, tmp_path, capsys):
    run_json(capsys, *SMALL, "--epochs", 1, "--out", tmp_path)
    assert "resume: draw_bits: 6 differs" in complaint(
        capsys, "train", "--out", tmp_path, "--resume", "--draw-bits", 6, "--epochs", 3
    )
    run_json(capsys, "train", "--out", tmp_path, "--resume", "--geometry", "kernels=3", "--epochs", 3)
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["train", "--data", "digits", "--preset", "best"], "preset: 'best' is unknown; known are windows"),
        (["train", "--preset", "windows", "--resume"], "preset: windows is out of range; a resumed run"),
        (["train", "--data", "digits", "--geometry", "kernels=3"], "add --preset windows"),
        (["train", "--data", "digits", "--draw-bits", 3], "draw_bits: only window networks have one"),
        ([*SMALL[:5], "--geometry", "window=4"], "geometry: 'window=4' is wrong; it must be such as window=7x7"),
        ([*SMALL, "--hidden", 8], "hidden: window networks have none"),
        ([*SMALL, "--offsets", 0.3, 0.1], "offsets: [0.3, 0.1] is out of range; it must be 1 to 16 different numbers"),
    ],
)
def test_what_does_not_suit_is_named(capsys, tmp_path, command, expected):
    assert expected in complaint(capsys, *command, "--out", tmp_path / "run")


def test_verilog_of_a_model(trained, tmp_path, capsys):
    result = run_json(capsys, "verilog", trained / "model.npz", "-o", tmp_path / "trainer.v")
    assert result["network"]["geometry"]["kernels"] == 3
    line = complaint(capsys, "verilog", trained / "model.npz", "--hidden", 8, "-o", tmp_path / "other.v")
    assert "hidden: [8] beside a window network; its shape is that of its geometry" in line
