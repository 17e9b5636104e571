"""A co-simulation and a simulated board in a folder that shells dislike, on a machine full of other tools."""

import shutil

import pytest

from bep_hw.tools.environment import tool_environment
from bep_ref.config import Machine, Network
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.tools.compiled import compile_board
from bep_sim.tools.verilator import SimulatorError, compiler, require_tools, verilator_environment
from tests.hw.tools.hostile import install
from tests.sim.test_cosim import run


def test_other_tools_and_variables_change_no_simulation(monkeypatch, tmp_path):
    place = install(monkeypatch, tmp_path)
    report = run(place / "b [/] $x", Machine(lanes=6, update_lanes=6), epochs=1, quick=place / "quick 'x'")
    assert report.mismatches == 0
    assert report.samples == 60
    board = compile_board(Network(6, (4,), 2), Machine(lanes=2, update_lanes=2), place / "board `ls`")
    with SimulatedBoard(board) as simulated:
        assert simulated.port.startswith("/dev/")
    assert not list(tmp_path.rglob("used"))


@pytest.mark.parametrize("words", ["g++", "env LC_ALL=C g++", "'g++' -pipe", ""])
def test_a_compiler_may_be_several_words(monkeypatch, words):
    monkeypatch.setenv("CXX", words)
    require_tools("verilator")
    assert shutil.which(compiler()[0], path=tool_environment()["PATH"])
    assert "CXX=" in verilator_environment()["MAKEFLAGS"]


@pytest.mark.parametrize("words", ["no-such-compiler -O2", "'g++"])
def test_a_compiler_that_is_none_is_named(monkeypatch, words):
    monkeypatch.setenv("CXX", words)
    with pytest.raises(SimulatorError, match=r"no-such-compiler|CXX: \"'g\+\+\" is no command"):
        require_tools("verilator")
