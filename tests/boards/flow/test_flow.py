import json
import os
import signal
import subprocess
import sys
import time

import pytest

from bep_boards.board import BoardError
from bep_boards.chips.pll import highest
from bep_boards.flow.flow import build
from bep_boards.flow.loader import check
from bep_boards.registry import find
from tests.boards.designs import OnBoard

PRIMITIVE = {"ice40": "SB_RAM40_4K", "ecp5": "DP16KD"}


@pytest.mark.parametrize("name", ["icebreaker", "ulx3s_85f"])
def test_a_bitstream_of_each_family(name, tmp_path):
    board = find(name)
    steps = []
    result = build(board, OnBoard(board, 2), tmp_path / "out", seeds=(1, 2), observer=lambda *a: steps.append(a))
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report == result.report()

    assert report["block_rams"] == {PRIMITIVE[board.device.family.name]: 2}
    assert report["ff"] >= 17
    assert 9 <= report["lut4"] <= 100
    assert report["fmax_worst_mhz"] == min(report["fmax_mhz"]) > 20
    assert report["fmax_mhz"][report["seeds"].index(report["best_seed"])] == max(report["fmax_mhz"])
    assert {key: entry["available"] for key, entry in report["utilisation"].items()} == board.device.limits

    logs = {"nextpnr-seed1.log", "nextpnr-seed2.log", "yosys.log"}
    files = {result.bitstream.name, "report.json", "floorplan.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == files | logs
    plan = json.loads((tmp_path / "out" / "floorplan.json").read_text())
    for index, name in enumerate(plan["resources"]):
        used = sum(number for *_, resource, _, number in plan["cells"] if resource == index)
        assert used == report["utilisation"][name]["used"], "every cell has its place"
    assert result.bitstream.stat().st_size > 50_000
    check(board, result.bitstream)
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert steps[-1] == ("done", 4, 4)


def test_the_same_seed_gives_the_same_bits(tmp_path):
    board = find("icebreaker")
    first, second = (build(board, OnBoard(board, 1), tmp_path / which, seeds=(3,)) for which in "ab")
    assert first.fmax_mhz == second.fmax_mhz
    assert first.bitstream.read_bytes() == second.bitstream.read_bytes()


@pytest.mark.parametrize("name", ["icebreaker", "ulx3s_85f"])
def test_the_clock_set_after_routing_is_the_one_it_would_have_been_built_with(name, tmp_path):
    board = find(name)
    settings = list(board.device.family.pll.settings(board.platform().default_clk_frequency / 1e6))
    first = build(board, OnBoard(board, 1, highest(settings, 30)), tmp_path / "first", pll=settings)
    setting = first.setting
    assert setting == highest(settings, first.fmax_mhz[0])
    assert setting.output_mhz > 1.5 * highest(settings, 30).output_mhz
    assert first.report()["clock_mhz"] == pytest.approx(setting.output_mhz, abs=1e-3)

    again = build(board, OnBoard(board, 1, setting), tmp_path / "again")
    assert again.bitstream.read_bytes() == first.bitstream.read_bytes()


def test_a_design_too_big_says_what_is_over_and_leaves_nothing(tmp_path):
    board = find("icebreaker")
    with pytest.raises(BoardError) as error:
        build(board, OnBoard(board, 37), tmp_path / "out")
    assert str(error.value) == ("icebreaker: does not fit; block RAM (SB_RAM40_4K) 37 needed, 30 there: 7 over")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_build_leaves_earlier_results_alone(tmp_path):
    board = find("icebreaker")
    (tmp_path / "report.json").write_text("earlier")
    with pytest.raises(BoardError):
        build(board, OnBoard(board, 31), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "earlier"


def test_an_output_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BoardError, match=r"^out: .*file/out: Not a directory$"):
        build(find("icebreaker"), OnBoard(find("icebreaker"), 1), tmp_path / "file" / "out")


INTERRUPTED = """
import sys
from pathlib import Path
from bep_boards.flow.flow import build
from bep_boards.registry import find
from tests.boards.designs import OnBoard
board = find("icebreaker")
build(board, OnBoard(board, 1), Path(sys.argv[1]), observer=lambda *a: print(*a, flush=True))
"""


def test_an_interrupted_build_leaves_neither_files_nor_processes(tmp_path):
    """SIGINT to the build alone, not to its tools: it has to stop them itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline().startswith(b"synthesis")
        while not (tools := _children(process.pid)):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
    assert process.returncode != 0
    assert not any(_alive(tool) for tool in tools)
    assert list(tmp_path.iterdir()) == []


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def _alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")
