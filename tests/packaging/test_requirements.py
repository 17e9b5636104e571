"""What a machine must have is asked before anything is installed, and all that is missing is named at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bep_sim.tools.verilator import REQUIREMENTS, SimulatorError, require_tools
from tests.cli.commands import complaint

ROOT = Path(__file__).parents[2]
ALL = ["python", "venv", "libpython", "c++", "make"]


def ask(*what, **environment):
    command = ["/bin/sh", REQUIREMENTS, *what]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def python_without(folder, words):
    """An interpreter that fails wherever ``words`` stand in what it is to run."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\ncase "$2" in *"{words}"*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    return str(script)


def test_this_machine_has_it_all():
    assert ask(*ALL, PYTHON=sys.executable) == (0, "")


def test_all_that_is_missing_is_named_in_one_line(tmp_path):
    code, printed = ask(*ALL, PATH=str(tmp_path), PYTHON="no-python", CXX="no-compiler -O2")
    assert code == 1
    assert printed == (
        "Python 3.11 or newer, Python's venv, Python's shared library (libpython), a C++ compiler (no-compiler), make; "
        "on Debian or Ubuntu: apt install python3-venv libpython3-dev g++ make\n"
    )


@pytest.mark.parametrize(
    ("words", "named", "package"),
    [
        ("version_info < (3, 11)", "Python 3.11 or newer", "python3-venv"),
        ("ensurepip", "Python's venv", "python3-venv"),
        ("ctypes", "Python's shared library (libpython)", "libpython3-dev"),
    ],
)
def test_each_lack_of_python_is_told_apart(tmp_path, words, named, package):
    code, printed = ask(*ALL, PYTHON=python_without(tmp_path, words))
    assert (code, printed) == (1, f"{named}; on Debian or Ubuntu: apt install {package}\n")


def test_readme_names_every_package_that_may_be_missing():
    readme = (ROOT / "README.md").read_text()
    [line] = re.findall(r"apt install ([a-z0-9+ -]+)", readme)
    asked = re.findall(r"lacks .* ([a-z0-9+-]+) ?(?:;;)?$", REQUIREMENTS.read_text(), re.MULTILINE)
    assert set(line.split()) == set(asked)


@pytest.mark.parametrize("goal", ["demo", "lint"])
def test_make_stops_before_it_installs(goal, tmp_path):
    environment = tmp_path / "venv"
    command = ["make", "-C", str(ROOT), goal, f"VENV={environment}", "PYTHON=no-python", "CXX=no-compiler"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    [line] = [line for line in done.stderr.splitlines() if line.startswith("make: this machine lacks ")]
    for named in ("Python 3.11", "venv", "libpython", "no-compiler", "apt install python3-venv libpython3-dev g++"):
        assert named in line
    assert not environment.exists()


def test_a_simulation_says_the_same_in_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "executable", python_without(tmp_path, "ctypes"))
    require_tools("verilator")  # a program of C++ alone needs no libpython
    with pytest.raises(SimulatorError, match=r"simulation needs Python's shared library"):
        require_tools("cocotb_tools", "verilator")
    monkeypatch.setenv("CXX", "no-compiler")
    wanted = "simulation needs a C++ compiler (no-compiler); on Debian or Ubuntu: apt install g++"
    shape = ("--inputs", 6, "--hidden", 4, "--classes", 2, "--lanes", 2, "--update-lanes", 2, "--build", tmp_path / "b")
    assert wanted in complaint(capsys, "board", "--simulate", *shape)
