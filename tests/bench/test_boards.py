"""The table of boards: one that has room, one that has not, and what is measured again."""

import json

from bep.bench import boards
from bep_ref.config import Network
from boards.loader import check
from boards.reference import figures
from boards.registry import find
from tests.cli.commands import complaint

BOARD = "ice40_hx8k_b_evn"


def rows_of(folder, network):
    shown = []
    rows = boards.measure_all([BOARD], [1], 1, folder, lambda _, stage, *counts: shown.append(stage), network)
    json.dumps(rows, allow_nan=False)
    return rows, shown


def test_a_board_with_room_is_measured_once_and_keeps_its_bitstream(tmp_path):
    (row,), shown = rows_of(tmp_path, Network(24, (8,), 2))
    assert {"synthesis", "place and route"} <= set(shown)
    assert row["build"]["bitstream_bytes"] == (tmp_path / BOARD / f"{BOARD}.bin").stat().st_size > 100_000
    assert row["build"]["block_rams"]["SB_RAM40_4K"] > 3
    check(find(BOARD), tmp_path / BOARD / f"{BOARD}.bin")
    assert rows_of(tmp_path, Network(24, (8,), 2)) == ([row], [])


def test_a_board_without_room_says_what_it_lacks(tmp_path):
    (row,), _ = rows_of(tmp_path, Network(512, (64,), 4))
    (short,) = row["shortages"]
    assert "build" not in row
    assert (short["resource"], short["available"]) == ("block RAM (SB_RAM40_4K)", 32)
    assert short["needed"] > 64, "counters alone"
    assert f"too small: block RAM (SB_RAM40_4K) {short['needed']} needed, 32 there" in figures(row)


def test_bad_options_are_one_line(capsys):
    assert "board: 'zynq' is not known; known are icebreaker" in complaint(capsys, "bench", "boards", "--only", "zynq")
    assert "seeds: 0 is out of range" in complaint(capsys, "bench", "boards", "--seeds", 0)
