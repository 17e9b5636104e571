"""The boards by name. A board's module is read only when it is asked for."""

import importlib

from bep_boards.board import Board, BoardError

NAMES = (
    "icebreaker",
    "ice40_hx8k_b_evn",
    "upduino_v3",
    "icesugar",
    "ulx3s_12f",
    "ulx3s_85f",
    "ecpix5_85f",
    "versa_ecp5",
)
"""Every board, named like its module."""


def find(name: str) -> Board:
    """The board called ``name``; `BoardError` names the known ones if there is none."""
    if name not in NAMES:
        raise BoardError(f"board: {name!r} is not known; known are {', '.join(NAMES)}")
    board: Board = importlib.import_module(f"bep_boards.{name}").BOARD
    return board
