import re
import subprocess
import sys

import pytest

from bep.main import main
from bep_sim.tools.verilator import verilator_environment
from tests.cli.commands import TRAIN, complaint, run_json

SMALL = ["--inputs", "24", "--hidden", "16", "8", "--classes", "3", "--lanes", "8"]


def ports(text: str) -> dict[str, str]:
    """Direction of every port of module trainer."""
    module = re.search(r"^module trainer\(.*?^endmodule", text, re.MULTILINE | re.DOTALL)
    assert module is not None
    return {
        name: way for way, name in re.findall(r"^  (input|output) (?:\[\d+:0\] )?(\w+);", module.group(), re.MULTILINE)
    }


def test_the_trainer_is_written_with_its_four_streams(tmp_path, capsys):
    file = tmp_path / "trainer.v"
    result = run_json(capsys, "verilog", *SMALL, "-o", file)
    assert result["network"]["hidden"] == [16, 8]
    assert result["machine"]["lanes"] == 8
    found = ports(file.read_text())
    for stream, way, other in (
        ("samples", "input", "output"),
        ("results", "output", "input"),
        ("requests", "input", "output"),
        ("replies", "output", "input"),
    ):
        assert (found[f"{stream}__valid"], found[f"{stream}__ready"]) == (way, other)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "options",
    [
        ["--inputs", "16", "--hidden", "8", "--classes", "2"],
        [*SMALL, "--rule", "local"],
        [*SMALL, "--inference"],
        ["--inputs", "8", "--state", "8", "--output", "8", "--classes", "3", "--steps", "4"],
    ],
    ids=["two layers", "local", "inference", "recurrent"],
)
def test_a_linter_has_nothing_to_say(options, tmp_path, capsys):
    file = tmp_path / "trainer.v"
    run_json(capsys, "verilog", *options, "-o", file)
    command = ["verilator_bin", "--lint-only", file]
    done = subprocess.run(command, env=verilator_environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")  # warnings and errors go there, a summary to standard output
    assert "[-1:0]" not in file.read_text()


def test_sizes_that_are_given_are_the_machines(tmp_path, capsys):
    sizes = {"lanes": 12, "update_lanes": 3, "backward_lanes": 5, "z_buffers": 2, "hits_ahead": 8, "slots": 2}
    options = [word for name, size in sizes.items() for word in (f"--{name.replace('_', '-')}", size)]
    result = run_json(capsys, "verilog", *SMALL[:-2], *options, "-o", tmp_path / "trainer.v")
    assert sizes.items() <= result["machine"].items()


def test_the_same_trainer_gives_the_same_text_in_another_process(tmp_path):
    """Whatever order Python's hashes give."""
    texts = []
    for seed in "12":
        file = tmp_path / f"{seed}.v"
        command = [sys.executable, "-m", "bep", "verilog", *SMALL, "-o", str(file)]
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, check=True, capture_output=True)
        texts.append(file.read_text())
    assert texts[0] == texts[1]


def test_the_rule_is_the_options_or_the_models(tmp_path, capsys):
    assert run_json(capsys, "verilog", *SMALL, "-o", tmp_path / "bep.v")["machine"]["rule"] == "bep"
    result = run_json(capsys, "verilog", *SMALL, "--rule", "local", "-o", tmp_path / "local.v")
    assert result["machine"]["rule"] == "local"
    assert "rule: loud is out of range" in complaint(
        capsys, "verilog", *SMALL, "--rule", "loud", "-o", tmp_path / "x.v"
    )
    assert main([*TRAIN, "--rule", "local", "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    model = tmp_path / "run" / "model.npz"
    assert run_json(capsys, "verilog", model, "-o", tmp_path / "model.v")["machine"]["rule"] == "local"


def test_a_model_gives_the_shape(tmp_path, capsys):
    assert main([*TRAIN, "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    model = tmp_path / "run" / "model.npz"
    result = run_json(capsys, "verilog", model, "-o", tmp_path / "trainer.v")
    assert (result["network"]["inputs"], result["network"]["hidden"], result["network"]["classes"]) == (40, [16, 8], 4)


def test_bad_input_leaves_no_file(tmp_path, capsys):
    file = tmp_path / "trainer.v"
    assert "classes: 1 is out of range" in complaint(capsys, "verilog", "--classes", 1, "-o", file)
    assert "update_lanes: 3" in complaint(capsys, "verilog", "--lanes", 8, "--update-lanes", 3, "-o", file)
    assert "missing.npz: no such file" in complaint(capsys, "verilog", tmp_path / "missing.npz", "-o", file)
    assert list(tmp_path.iterdir()) == []
