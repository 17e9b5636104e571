"""Loading bitstreams: the right command, and one clear line for whatever is not there."""

import pytest

from bep.main import main
from bep_boards.flow.loader import check
from bep_boards.flow.tools import Job, run
from bep_boards.registry import NAMES, find
from tests.cli.commands import complaint, run_json


@pytest.mark.parametrize("name", ["ulx3s_12f", "ecpix5_85f", "versa_ecp5"])
def test_an_ecp5s_bitstreams_carry_its_idcode(name, tmp_path):
    """A chip without a design; whole builds are looked at where they are built."""
    device = find(name).device
    (tmp_path / "routed").write_text(f".device {device.name.rpartition('-')[0]}\n")
    run(Job("ecppack", ("--input", "routed", "--bit", "packed"), tmp_path))
    check(find(name), tmp_path / "packed")


def test_no_chip_takes_anothers_bitstream():
    signatures = {find(name).device.name: find(name).device.signature for name in NAMES}
    assert len(set(signatures.values())) == len(signatures) == 6


@pytest.fixture
def bitstream(tmp_path):
    """A file that looks like one for the UP5K."""
    file = tmp_path / "icebreaker.bin"
    file.write_bytes(bytes(16) + find("icebreaker").device.signature + bytes(16))
    return file


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """In the place of openFPGALoader, a program that keeps what it is called with."""

    def install(code):
        program = tmp_path / "openFPGALoader"
        program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/called\necho programming\nexit {code}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        return tmp_path / "called"

    return install


def test_the_bitstream_goes_to_the_tool(bitstream, tool, capsys):
    called = tool(0)
    result = run_json(capsys, "program", "--board", "icebreaker", "--file", bitstream)
    assert called.read_text() == f"-b ice40_generic {bitstream}\n"
    assert result["loaded"]
    assert result["command"] == ["openFPGALoader", "-b", "ice40_generic", str(bitstream)]


def test_a_dry_run_prints_the_command_and_runs_nothing(tool, capsys):
    called = tool(0)
    assert main(["program", "--board", "upduino_v3", "--file", "my digits.bin", "--dry-run"]) == 0
    assert capsys.readouterr().out == "openFPGALoader -b ice40_generic -c ft232 'my digits.bin'\n"
    assert not called.exists()


def test_whatever_is_missing_or_wrong_is_one_line(bitstream, tool, tmp_path, capsys, monkeypatch):
    program = ["program", "--board"]
    line = complaint(capsys, *program, "ulx3s_85f", "--file", tmp_path / "none.bit")
    assert line.endswith(
        f"none.bit: No such file or directory; build it with: bep synth --board ulx3s_85f --out {tmp_path}"
    )
    line = complaint(capsys, *program, "ice40_hx8k_b_evn", "--file", bitstream)
    assert line.endswith("icebreaker.bin is no bitstream for the iCE40HX8K-CT256 of the Lattice iCE40-HX8K-B-EVN")
    assert "openFPGALoader cannot write to the MuseLab iCESugar" in complaint(capsys, *program, "icesugar")
    tool(3)
    assert main([*program, "icebreaker", "--file", str(bitstream)]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("bep: error: openFPGALoader ended with exit code 3; ")
    monkeypatch.setenv("PATH", "/nowhere")
    line = complaint(capsys, *program, "icebreaker", "--file", bitstream)
    assert line.startswith("bep: error: openFPGALoader is not installed; get it by apt install openfpgaloader, ")
