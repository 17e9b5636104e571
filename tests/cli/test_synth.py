import json

import pytest

from bep.main import main
from tests.cli.commands import complaint, run_json

SMALL = ["--inputs", "16", "--hidden", "8", "--classes", "2", "--lanes", "8"]


@pytest.mark.parametrize(("board", "memories"), [("icebreaker", {"SB_SPRAM256KA": 4}), ("ulx3s_85f", {})])
def test_a_small_trainer_becomes_a_bitstream(board, memories, tmp_path, capsys):
    out = tmp_path / "out"
    result = run_json(capsys, "synth", "--board", board, *SMALL, "--out", out)
    assert result["network"] == "16-8-2"
    assert memories.items() <= result["block_rams"].items()
    assert 500 < result["lut4"] < 4000
    assert len(result["fmax_mhz"]) == 1
    assert result["clock_mhz"] <= result["fmax_worst_mhz"] == result["fmax_median_mhz"] == result["fmax_mhz"][0]
    assert result["clock_mhz"] > 0.9 * result["fmax_worst_mhz"] > 18
    bitstream = out / result["bitstream"].rpartition("/")[2]
    assert bitstream.stat().st_size > 50_000
    report = json.loads((out / "report.json").read_text())
    assert report.items() <= result.items()


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, capsys):
    out = tmp_path / "out"
    command = ["synth", "--out", out, "--board"]
    assert "board: 'de10' is not known; known are icebreaker" in complaint(capsys, *command, "de10")
    assert "seeds: 0 is out of range" in complaint(capsys, *command, "icebreaker", "--seeds", 0)
    assert "jobs: 0 is out of range" in complaint(capsys, *command, "icebreaker", "--jobs", 0)
    assert "hidden: 1 is out of range" in complaint(capsys, *command, "icebreaker", "--hidden", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_network_too_big_says_what_is_over(tmp_path, capsys):
    argv = [
        "synth",
        "--board",
        "ice40_hx8k_b_evn",
        "--inputs",
        "512",
        "--hidden",
        "64",
        "--classes",
        "4",
        "--lanes",
        "16",
    ]
    assert main([*argv, "--update-lanes", "2", "--out", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith("bep: error: ice40_hx8k_b_evn: does not fit; block RAM (SB_RAM40_4K) ")
    needed, there, over = (int(word) for word in line.replace(":", "").split() if word.isdigit())
    assert (there, over) == (32, needed - 32)
    assert list(tmp_path.iterdir()) == []
