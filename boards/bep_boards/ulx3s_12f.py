"""Radiona ULX3S with the ECP5-12F: 25 MHz, FT231X.

As the ULX3S with the 85F; the smaller chip takes a narrower trainer.
"""

from amaranth_boards.ulx3s import ULX3S_12F_Platform

from bep_boards.board import Board
from bep_boards.chips.ecp5 import LFE5U_12F

BOARD = Board(
    name="ulx3s_12f",
    title="Radiona ULX3S 12F",
    device=LFE5U_12F,
    platform=ULX3S_12F_Platform,
    uart=("uart", 0),
    baud=1_000_000,
    leds={"link": ("led", 0), "training": ("led", 1), "error": ("led", 2)},
    lanes=96,
    machine={"register_plane": True},
    reset=("button_fire", 0),
    loader=("-b", "ulx3s"),
)
