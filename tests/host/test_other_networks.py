"""``bep run`` where the board learns by local errors, or sequences: the same bits as in software."""

import numpy as np
import pytest

from bep.main import main
from bep_host.device import Device
from bep_hw.plan.choose import choose_machine
from bep_ref.config import ConfigError, Machine, RecurrentNetwork
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.tools.compiled import compile_board
from bep_sklearn import BEPClassifier
from tests.cli.commands import run_json
from tests.host.small_board import DATA, OPTIONS, SETTINGS
from tests.ref.small_series import write_archive

pytestmark = pytest.mark.xdist_group("simulated board")
LOCAL = Machine(lanes=8, update_lanes=8, rule="local")
SERIES = {"state": 12, "output": 9, "window": 3, "expansion": 10}


@pytest.fixture(scope="module")
def local_program(task, tmp_path_factory):
    return compile_board(task.network, LOCAL, tmp_path_factory.mktemp("local"))


def test_local_errors(local_program, tmp_path, capsys):
    with SimulatedBoard(local_program) as board:
        result = run_json(
            capsys, "run", "--port", board.port, *OPTIONS, "--rule", "local", "--out", tmp_path, "--check"
        )
        assert main(["run", "--port", board.port, *OPTIONS, "--out", str(tmp_path / "bep")]) == 2
        assert "learns by local; it must be bep" in capsys.readouterr().err
    assert (result["mismatches"], result["repeated"]) == (0, 0)


def test_an_estimator_simulates_what_learns_by_local_errors(local_program):
    data = load(DATA)
    where = {"backend": "sim", "build": local_program.parent, "lanes": LOCAL.lanes}
    golden, device = (BEPClassifier(**SETTINGS, rule="local", **how) for how in ({}, where))
    for estimator in (golden, device):
        estimator.fit(data.x_train[:80], data.y_train[:80])
    for wanted, found in zip(golden.model_.counters, device.model_.counters, strict=True):
        assert np.array_equal(wanted, found)


def test_sequences_of_several_lengths(tmp_path, capsys):
    data = write_archive(tmp_path)
    network = prepare(load(data), SERIES).network
    assert isinstance(network, RecurrentNetwork)
    program = compile_board(network, choose_machine(network, 16), tmp_path)
    options = [word for name, value in SERIES.items() for word in (f"--{name}", value)]
    with SimulatedBoard(program) as board:
        result = run_json(
            capsys, "run", "--port", board.port, "--data", data, *options, "--epochs", 2, "--out", tmp_path, "--check"
        )
        with Device(board.port) as device, pytest.raises(ConfigError, match="the board takes"):
            device.infer(np.ones((2, network.steps + 1, network.inputs)))
    assert (result["mismatches"], result["repeated"]) == (0, 0)
    assert result["counters_compared"] == 2 * network.synapses
