"""``bep run`` on a simulated board: the same bits as ``bep train``, and one clear line for whatever goes wrong."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from serial import SerialException

from bep.main import main
from bep_host.device import Device
from bep_hw.plan.layout import Layout
from bep_ref.networks.initial import initial_net
from bep_ref.runs.checkpoint import Saved
from bep_ref.runs.model import Model
from bep_ref.runs.train import Trainer
from bep_sim.board.simulated_board import SimulatedBoard
from tests.cli.commands import complaint, run_json
from tests.host.small_board import MACHINE, OPTIONS

pytestmark = pytest.mark.xdist_group("simulated board")


def test_a_run_on_a_board_gives_the_bits_of_one_in_software(board, task, tmp_path, capsys):
    assert Layout(task.network, MACHINE).column == 8, "bep train walks reinforcement in blocks of 8"
    result = run_json(capsys, "run", "--port", board.port, *OPTIONS, "--out", tmp_path / "board", "--check")
    assert (result["mismatches"], result["repeated"]) == (0, 0)
    assert result["counters_compared"] == 2 * task.network.synapses
    assert main(["train", *OPTIONS, "--out", str(tmp_path / "software")]) == 0
    assert (tmp_path / "board/model.npz").read_bytes() == (tmp_path / "software/model.npz").read_bytes()


def test_a_counter_that_differs_fails_the_check(board, tmp_path, capsys, monkeypatch):
    true = Device.counters

    def wrong(device, *args):
        counters = true(device, *args)
        counters[1][2, 3] ^= 1
        return counters

    monkeypatch.setattr(Device, "counters", wrong)
    assert main(["run", "--port", board.port, *OPTIONS, "--out", str(tmp_path), "--check"]) == 1
    assert "differ; first: at the end, layer 2, counter [2, 3] is " in capsys.readouterr().err


def test_a_run_whose_board_is_unplugged_goes_on_to_the_same_model(program, board, tmp_path, capsys):
    broken = tmp_path / "broken"
    options = [*OPTIONS[:-1], "15", "--out", str(broken)]
    with SimulatedBoard(program) as victim:
        process = subprocess.Popen(
            [sys.executable, "-m", "bep", "run", "--port", victim.port, *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        while process.poll() is None and not (broken / "checkpoint.npz").exists():
            time.sleep(0.02)
        time.sleep(0.5)
        victim.process.kill()
        _, errors = process.communicate()
    assert process.returncode == 2, errors
    done = len(Saved.read(broken / "checkpoint.npz").header["history"])
    assert done < 15
    last = errors.strip().splitlines()[-1]
    assert last.startswith(f"bep: error: port: {victim.port}: ")
    assert last.endswith(
        f"; {done} of 15 epochs are saved; continue with: bep run --port {victim.port} --out {broken} --resume"
    )
    assert main(["run", "--port", board.port, "--out", str(broken), "--resume"]) == 0
    assert main(["run", "--port", board.port, *options[:-1], str(tmp_path / "whole")]) == 0
    assert (broken / "model.npz").read_bytes() == (tmp_path / "whole/model.npz").read_bytes()


def test_a_device_holds_what_is_loaded_infers_learns_and_counts(board, task):
    golden = initial_net(task.network, task.training)
    x, y = task.train.x[:30], task.train.y[:30]
    with Device(board.port) as device:
        assert device.network == task.network
        device.reset()
        device.load(golden.counters, golden.classifiers)
        assert all(map(np.array_equal, device.counters(), golden.counters))
        assert device.infer(x).tolist() == golden.predict(x).tolist()
        before = device.statistics()
        predictions, _ = device.train(x, y)
        assert predictions.tolist() == golden.predict(x).tolist()
        assert device.statistics()["samples"] == before["samples"] + 30 == 60
        device.reset()
        assert device.statistics()["samples"] == 0


def test_two_programs_cannot_talk_to_one_board(board, capsys, tmp_path):
    with Device(board.port):
        line = complaint(capsys, "board", "--port", board.port)
    assert line == f"bep: error: port: {board.port}: is in use by another program"


def test_a_board_with_another_network_is_refused_before_anything_is_written(board, capsys, tmp_path):
    options = ["--data", OPTIONS[1], "--hidden", "8", "--out", str(tmp_path / "out")]
    assert main(["run", "--port", board.port, *options]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith(f"bep: error: board: {board.port} holds 40-16-8-4 with 8-bit counters, the run needs 40-8-4")
    assert not (tmp_path / "out").exists()


def test_a_port_that_is_no_port_no_board_or_not_ours(tmp_path, capsys, monkeypatch):
    assert "no such port" in complaint(capsys, "board", "--port", tmp_path / "none")
    ours, theirs = os.openpty()
    assert "nothing answers" in complaint(capsys, "board", "--port", os.ttyname(theirs))
    os.close(ours)
    os.close(theirs)
    monkeypatch.setattr("bep_host.find.candidates", list)
    assert "no board found: this computer has no serial port on USB" in complaint(capsys, "board", "--port", "auto")


def test_a_port_without_permission_says_what_to_do(capsys, monkeypatch):
    def refused(*args, **options):
        raise SerialException(errno.EACCES, "could not open port /dev/ttyUSB1: [Errno 13] Permission denied")

    monkeypatch.setattr("serial.Serial", refused)
    line = complaint(capsys, "board", "--port", "/dev/ttyUSB1")
    assert line.startswith("bep: error: port: /dev/ttyUSB1: no permission; join the group that owns it")


def test_auto_finds_the_board_among_ports_where_nobody_answers(board, capsys, monkeypatch):
    ours, theirs = os.openpty()
    monkeypatch.setattr("bep_host.find.candidates", lambda: [os.ttyname(theirs), board.port])
    assert run_json(capsys, "board", "--port", "auto")["port"] == board.port
    os.close(ours)
    os.close(theirs)


def test_ctrl_c_switches_a_simulated_board_off(task, program):
    shape = ["--inputs", "40", "--hidden", "16", "8", "--classes", "4", "--lanes", "8", "--update-lanes", "8"]
    process = subprocess.Popen(
        [sys.executable, "-m", "bep", "board", "--simulate", *shape, "--build", str(program.parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = process.stdout.readline().split()[2].strip(":")
    with Device(port) as device:
        assert device.network == task.network
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    assert len(list(program.parent.iterdir())) == 1, "the same board is built once"


def test_the_kept_model_is_read_by_eval(board, task, tmp_path, capsys):
    run_json(capsys, "run", "--port", board.port, *OPTIONS, "--out", tmp_path)
    model = Model.load(tmp_path / "model.npz")
    golden = Trainer(task)
    golden.run()
    assert all(map(np.array_equal, model.counters, golden.best_counters))
