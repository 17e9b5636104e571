"""MuseLab iCESugar: iCE40 UP5K, 12 MHz, iCELink.

The debugger iCELink is USB's bridge, gives the clock, and shows itself as a drive: copy the bitstream onto it.
115,200 bits a second is what its serial port is known to carry.

The four switches hang on PMOD 4 by jumpers, so none serves as a reset button.
"""

from amaranth_boards.icesugar import ICESugarPlatform

from bep_boards.board import Board
from bep_boards.chips.ice40 import UP5K

BOARD = Board(
    name="icesugar",
    title="MuseLab iCESugar",
    device=UP5K,
    platform=ICESugarPlatform,
    uart=("uart", 0),
    baud=115_200,
    leds={"link": ("led_b", 0), "training": ("led_g", 0), "error": ("led_r", 0)},
    lanes=96,
    machine={"spram": True, "backward_lanes": 48},
    clock_pad=True,
)
