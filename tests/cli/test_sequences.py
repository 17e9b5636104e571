"""``bep train``, ``eval`` and ``info`` on time series and with local error signals; what they refuse."""

import json

import pytest

from bep.main import main
from tests.cli.commands import SMALL, TRAIN, complaint, run_json
from tests.ref.small_series import write_archive

OPTIONS = ["--state", 60, "--output", 45, "--window", 3, "--expansion", 50, "--epochs", 3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_archive(tmp_path_factory.mktemp("series"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    argv = ["train", "--data", data, *OPTIONS, "--out", folder, "--json", folder / "result.json"]
    assert main([str(word) for word in argv]) == 0
    return folder


def test_eval_and_info_of_a_recurrent_network(trained, data, capsys):
    expected = json.loads((trained / "result.json").read_text())
    result = run_json(capsys, "eval", trained / "model.npz", "--data", data)
    assert (result["accuracy"], result["samples"]) == (expected["test_accuracy"], 60)
    assert run_json(capsys, "eval", trained / "model.npz", "--data", data, "--part", "all")["samples"] == 260
    info = run_json(capsys, "info", trained / "model.npz")
    assert (info["network"]["state"], info["window"], info["expansion"], info["features"]) == (60, 3, 50, 2)
    assert json.loads((trained / "metrics.json").read_text())["series"]["window"] == 3


def test_resume(trained, data, tmp_path, capsys):
    run_json(capsys, "train", "--data", data, *OPTIONS[:-1], 1, "--out", tmp_path)
    run_json(capsys, "train", "--out", tmp_path, "--resume", "--epochs", 3)
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


def test_dead_zone_and_clock(data, tmp_path, capsys):
    cases = ([], (0, 1)), (["--dead-zone", "none", "--clock", 2], (None, 2)), (["--dead-zone", 3], (3, 1))
    for options, expected in cases:
        run_json(capsys, "train", "--data", data, *OPTIONS[:-1], 1, *options, "--out", tmp_path)
        info = run_json(capsys, "info", tmp_path / "model.npz")
        assert (info["training"]["dead_zone"], info["network"]["clock"]) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--dead-zone", 0], "dead_zone: 0 is out of range; it must be none, the paper's, in hardware so far"),
        (["--clock", 2], "clock: 2 is out of range; it must be 1 in hardware so far"),
    ],
)
@pytest.mark.parametrize("command", [["cosim"], ["run", "--port", "/dev/null"]])
def test_hardware_has_neither(data, capsys, tmp_path, monkeypatch, command, options, expected):
    monkeypatch.chdir(tmp_path)
    assert expected in complaint(capsys, *command, "--data", data, *OPTIONS[:-2], *options)


def test_local_rule(tmp_path, capsys):
    expected = run_json(capsys, *TRAIN, "--rule", "local", "--out", tmp_path)
    result = run_json(capsys, "eval", tmp_path / "model.npz", "--data", SMALL)
    assert result["accuracy"] == expected["test_accuracy"] > 0.4
    assert run_json(capsys, "info", tmp_path / "model.npz")["training"]["rule"] == "local"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--window", 13], "window: 13 is out of range; it must be at most 9, the length of series "),
        (["--hidden", 8], "hidden: ucr:"),
        (
            ["--clock", 9],
            "clock: 9 is out of range; it must be 1 (every neuron moves in every step) to 64, and no more",
        ),
        (["--dead-zone", -1], "dead_zone: -1 is out of range; it must be none (a sum of 0 is a target of +1"),
        (["--rule", "local"], "rule: local is for perceptrons; ucr:"),
        (["--expansion", 70000], "expansion: 70000 is out of range; it must be 0 (none) to 65536 bits"),
    ],
)
def test_options_that_sequences_refuse(data, capsys, tmp_path, options, expected):
    assert expected in complaint(capsys, "train", "--data", data, *options, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        ("@dimensions 2", "@dimensions 3", "line 7: 2 channels before the class; it must be 3"),
        ("@equalLength false", "@equalLength true", "values; @equalLength is true and the first has "),
        (":", ":1,2:", "line 7: 4 channels before the class; it must be 2"),
        ("?", "none", "'none' is not a number"),
        ("@data\n", "", "line 6: data before @data"),
        (":up", ":down", "Toy_TRAIN.ts: 1 different labels is out of range; it must be 2 to 256"),
        (":up", ":left", "class 'left' is not one of @classLabel's down, up"),
    ],
)
def test_bad_ts_files(capsys, tmp_path, good, bad, expected):
    write_archive(tmp_path)
    train = tmp_path / "Toy_TRAIN.ts"
    train.write_text(train.read_text().replace(good, bad))
    line = complaint(capsys, "train", "--data", f"ucr:{tmp_path / 'Toy'}", "--out", tmp_path / "run")
    assert str(train) in line
    assert expected in line
    assert not (tmp_path / "run").exists()


def test_kinds_of_data_and_model_that_do_not_meet(trained, data, capsys, tmp_path):
    model = trained / "model.npz"
    assert "state: only networks for sequences have one" in complaint(
        capsys, *TRAIN, "--state", 8, "--out", tmp_path / "run"
    )
    assert "data: the model needs sequences" in complaint(capsys, "eval", model, "--data", SMALL)
    hidden = complaint(capsys, "verilog", model, "--hidden", 8, "-o", tmp_path / "t.v")
    assert "hidden: [8] beside a recurrent network" in hidden
    assert "state: 1 is out of range" in complaint(
        capsys, "verilog", "--state", 1, "--output", 4, "-o", tmp_path / "t.v"
    )
    local = complaint(capsys, "verilog", model, "--rule", "local", "-o", tmp_path / "t.v")
    assert "rule: local is out of range; it must be bep for recurrent networks" in local
    assert not (tmp_path / "t.v").exists()


def test_hardware_of_a_recurrent_network(trained, tmp_path, capsys):
    result = run_json(capsys, "verilog", trained / "model.npz", "-o", tmp_path / "model.v")
    shape = result["network"]
    assert (shape["inputs"], shape["state"], shape["output"], shape["classes"]) == (50, 60, 45, 2)
    sizes = {"inputs": 8, "state": 6, "output": 4, "classes": 3, "steps": 5}
    options = [word for name, size in sizes.items() for word in (f"--{name}", size)]
    result = run_json(capsys, "verilog", *options, "-o", tmp_path / "sizes.v")
    assert sizes.items() <= result["network"].items()
