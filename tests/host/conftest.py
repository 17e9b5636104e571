"""One small simulated board for all tests of the host's side: compiled once, switched on for each test."""

import pytest

from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.tools.compiled import compile_board
from tests.host.small_board import DATA, MACHINE, SETTINGS


@pytest.fixture(scope="session")
def task():
    return prepare(load(DATA), SETTINGS)


@pytest.fixture(scope="session")
def program(task, tmp_path_factory):
    return compile_board(task.network, MACHINE, tmp_path_factory.mktemp("board"))


@pytest.fixture
def board(program):
    with SimulatedBoard(program) as simulated:
        yield simulated
    assert simulated.statistics["bytes_lost"] == 0, "the board had no room for a byte"
