"""Whatever can be wrong when a run on a board goes on: one clear line, nothing lost, and then it goes on."""

import errno
import os

import pytest
from serial import SerialException

from bep.main import main
from bep_host.connection import Connection
from bep_host.device import Device
from bep_host.errors import LinkError, SilentError
from bep_ref.datasets import load
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from tests.cli.commands import complaint, run_json
from tests.host.small_board import DATA, OPTIONS, SETTINGS

pytestmark = pytest.mark.xdist_group("simulated board")


def interrupted(board, out, monkeypatch):
    """A run of three epochs whose board is unplugged in the middle of the second."""
    learn, batches = Device.train, []

    def unplugged(device, x, y):
        batches.append(len(y))
        if len(batches) > 40:
            raise LinkError(f"port: {device.name}: the board is gone; was it unplugged?")
        return learn(device, x, y)

    with monkeypatch.context() as patch:
        patch.setattr(Device, "train", unplugged)
        assert main(["run", "--port", board.port, *OPTIONS, "--out", str(out)]) == 2
    assert len(Saved.read(out / "checkpoint.npz").header["history"]) == 1


def in_use(board, monkeypatch):
    return Device(board.port)


def no_permission(board, monkeypatch):
    def refused(*args, **options):
        raise SerialException(errno.EACCES, "[Errno 13] Permission denied")

    monkeypatch.setattr("serial.Serial", refused)


def gone(board, monkeypatch):
    def missing(*args, **options):
        raise SerialException(errno.ENOENT, "[Errno 2] No such file or directory")

    monkeypatch.setattr("serial.Serial", missing)


def another_product(board, monkeypatch):
    monkeypatch.setattr("bep_host.device.IDENTITY", 0x1234_0001)


def another_version(board, monkeypatch):
    monkeypatch.setattr("bep_host.device.PROTOCOL", 99)


def another_machine(board, monkeypatch):
    identify = Device._identify

    def narrower(device, identity):
        identify(device, identity)
        device.layout.column = 4

    monkeypatch.setattr(Device, "_identify", narrower)


FAULTS = {
    in_use: "is in use by another program",
    no_permission: "no permission; join the group that owns it (often: sudo usermod -aG dialout",
    gone: "no such port",
    another_product: "something answers, but it is no trainer (identity 0x",
    another_version: "registers 0xbe900002 and link 1, this program 0xbe900002 and 99; build its bitstream",
    another_machine: "walks counters in columns of 4 inputs, the run in",
}


def test_a_run_goes_on_after_every_fault_to_the_same_model(board, tmp_path, capsys, monkeypatch):
    interrupted(board, tmp_path / "out", monkeypatch)
    saved = (tmp_path / "out/checkpoint.npz").read_bytes()
    resume = ["run", "--port", board.port, "--out", str(tmp_path / "out"), "--resume"]
    for fault, told in FAULTS.items():
        capsys.readouterr()
        with monkeypatch.context() as patch:
            held = fault(board, patch)
            assert main(resume) == 2, fault.__name__
            if held is not None:
                held.port.close()
        lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("bep: error: ")]
        assert len(lines) == 1
        assert f"{board.port}" in lines[0]
        assert told in lines[0]
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"checkpoint.npz"}
        assert (tmp_path / "out/checkpoint.npz").read_bytes() == saved, fault.__name__
    assert main(resume) == 0
    assert main(["run", "--port", board.port, *OPTIONS, "--out", str(tmp_path / "whole")]) == 0
    assert (tmp_path / "out/model.npz").read_bytes() == (tmp_path / "whole/model.npz").read_bytes()


def test_a_saved_run_of_another_shape_is_refused_and_kept(board, tmp_path, capsys):
    save_checkpoint(tmp_path / "checkpoint.npz", Trainer(prepare(load(DATA), {**SETTINGS, "hidden": (8,)})))
    saved = (tmp_path / "checkpoint.npz").read_bytes()
    assert main(["run", "--port", board.port, "--out", str(tmp_path), "--resume"]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith(f"bep: error: board: {board.port} holds 40-16-8-4 with 8-bit counters, the run needs 40-8-4")
    assert (tmp_path / "checkpoint.npz").read_bytes() == saved


@pytest.fixture
def nobody():
    """The name of a port where nobody listens."""
    ours, theirs = os.openpty()
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_auto_finds_a_board_whatever_rate_it_talks_at(board, nobody, task, capsys, monkeypatch):
    hello, asked = Connection.hello, []

    def at_115200(connection, *args):
        asked.append((connection.name, connection.port.baudrate))
        if connection.port.baudrate != 115_200:
            raise SilentError(f"port: {connection.name}: nothing answers")
        return hello(connection, *args)

    monkeypatch.setattr(Connection, "hello", at_115200)
    monkeypatch.setattr("bep_host.find.candidates", lambda: [nobody, board.port])
    assert run_json(capsys, "board", "--port", "auto")["port"] == board.port
    assert asked == [(name, rate) for name in (nobody, board.port) for rate in (3_000_000, 1_000_000, 115_200)]
    with Device(board.port) as device:
        assert device.network == task.network


def test_auto_says_what_is_wrong_with_every_port(nobody, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("bep_host.find.candidates", lambda: [nobody, str(tmp_path / "none")])
    line = complaint(capsys, "board", "--port", "auto")
    assert line == (f"bep: error: port: auto: no board found: {nobody}: nothing answers; {tmp_path}/none: no such port")


def test_a_rate_that_is_none_is_refused(nobody, capsys):
    assert "baud: 0 is out of range" in complaint(capsys, "board", "--port", nobody, "--baud", "0")
