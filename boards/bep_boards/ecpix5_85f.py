"""LambdaConcept ECPIX-5 with the ECP5-5G 85F: 100 MHz, FT2232H.

The micro-USB socket leads to the FT2232H: channel A programs, channel B is the serial port. Boards of revision R03 have
an FT4232H instead, which openFPGALoader calls ecpix5_r03.
"""

from amaranth_boards.ecpix5 import ECPIX585Platform

from bep_boards.board import Board
from bep_boards.chips.ecp5 import LFE5UM5G_85F

BOARD = Board(
    name="ecpix5_85f",
    title="LambdaConcept ECPIX-5 85F",
    device=LFE5UM5G_85F,
    platform=ECPIX585Platform,
    uart=("uart", 0),
    baud=3_000_000,
    leds={"link": ("rgb_led", 0, "b"), "training": ("rgb_led", 1, "g"), "error": ("rgb_led", 2, "r")},
    lanes=256,
    machine={"register_plane": True},
    reset=("rst", 0),
    loader=("-b", "ecpix5"),
)
