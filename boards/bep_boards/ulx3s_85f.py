"""Radiona ULX3S with the ECP5-85F: 25 MHz, FT231X.

The USB socket US1 is the one with the FT231X, which both programs and carries the serial port. 1 Mbaud is the fastest
rate that 25 MHz and the FT231X both make exactly.
"""

from amaranth_boards.ulx3s import ULX3S_85F_Platform

from bep_boards.board import Board
from bep_boards.chips.ecp5 import LFE5U_85F

BOARD = Board(
    name="ulx3s_85f",
    title="Radiona ULX3S 85F",
    device=LFE5U_85F,
    platform=ULX3S_85F_Platform,
    uart=("uart", 0),
    baud=1_000_000,
    leds={"link": ("led", 0), "training": ("led", 1), "error": ("led", 2)},
    lanes=256,
    machine={"register_plane": True},
    reset=("button_fire", 0),
    loader=("-b", "ulx3s"),
)
