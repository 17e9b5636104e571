"""The table of boards: one that has room, one that has not, and what is measured again."""

import json

import pytest

from bep_boards.flow.flow import build
from bep_boards.flow.loader import check
from bep_boards.flow.reference import figures
from bep_boards.registry import find
from bep_ref.config import Network
from bep_studies.bench import boards
from tests.boards.designs import OnBoard
from tests.cli.commands import complaint

BOARD = "ice40_hx8k_b_evn"


@pytest.fixture
def rows_of(tmp_path, monkeypatch):
    """Rows of a board, with so many memories in the place of its trainer, and the stages that were shown."""

    def measure(memories):
        def build_memories(network, machine, board, folder, seeds, jobs, observer):
            return build(board, OnBoard(board, memories), folder, seeds, jobs, observer=observer)

        def show(name, stage, done, total):
            shown.append(stage)

        monkeypatch.setattr(boards, "build_trainer", build_memories)
        shown = []
        rows = boards.measure_all([BOARD], [1], 1, tmp_path, show, Network(8, (4,), 2))
        json.dumps(rows, allow_nan=False)
        return rows, shown

    return measure


def test_a_board_with_room_is_measured_once_and_keeps_its_bitstream(rows_of, tmp_path):
    (row,), shown = rows_of(2)
    assert {"synthesis", "place and route"} <= set(shown)
    assert row["build"]["block_rams"] == {"SB_RAM40_4K": 2}
    bitstream = tmp_path / BOARD / f"{BOARD}.bin"
    check(find(BOARD), bitstream)
    assert row["build"]["bitstream_bytes"] == bitstream.stat().st_size
    assert rows_of(2) == ([row], [])


def test_a_board_without_room_says_what_it_lacks(rows_of):
    (row,), _ = rows_of(34)
    assert "build" not in row
    assert row["shortages"] == [{"resource": "block RAM (SB_RAM40_4K)", "needed": 34, "available": 32}]
    assert "too small: block RAM (SB_RAM40_4K) 34 needed, 32 there" in figures(row)


def test_bad_options_are_one_line(capsys):
    assert "board: 'zynq' is not known; known are icebreaker" in complaint(capsys, "bench", "boards", "--only", "zynq")
    assert "seeds: 0 is out of range" in complaint(capsys, "bench", "boards", "--seeds", 0)
