"""Lattice iCE40-HX8K-B-EVN breakout board: iCE40 HX8K, 12 MHz, FT2232H.

Leave the jumpers as delivered: the chip starts from its flash, which openFPGALoader writes. USB shows two serial ports;
the second (channel B) leads to the trainer. The board has no button.
"""

from amaranth_boards.ice40_hx8k_b_evn import ICE40HX8KBEVNPlatform

from bep_boards.board import Board
from bep_boards.chips.ice40 import HX8K

BOARD = Board(
    name="ice40_hx8k_b_evn",
    title="Lattice iCE40-HX8K-B-EVN",
    device=HX8K,
    platform=ICE40HX8KBEVNPlatform,
    uart=("uart", 0),
    baud=3_000_000,
    leds={"link": ("led", 0), "training": ("led", 1), "error": ("led", 2)},
    lanes=64,
    loader=("-b", "ice40_generic"),
)
