"""Lattice ECP5 Versa: LFE5UM-45F, 100 MHz (LVDS), FT2232H.

New boards have the clock chip in the JTAG chain: set the jumpers of J50 to 1-2 and 3-5, which leaves it out. Boards
with the 5G chip need bitstreams of their own.
"""

from amaranth_boards.versa_ecp5 import VersaECP5Platform

from bep_boards.board import Board
from bep_boards.chips.ecp5 import LFE5UM_45F

BOARD = Board(
    name="versa_ecp5",
    title="Lattice ECP5 Versa",
    device=LFE5UM_45F,
    platform=VersaECP5Platform,
    uart=("uart", 0),
    baud=3_000_000,
    leds={"link": ("led", 0), "training": ("led", 1), "error": ("led", 2)},
    lanes=192,
    machine={"register_plane": True},
    reset=("rst", 0),
    loader=("-c", "ft2232"),
)
