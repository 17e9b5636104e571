"""1BitSquared iCEBreaker: iCE40 UP5K, 12 MHz, FT2232H.

USB shows two serial ports; the second (channel B) leads to the trainer, the first programs.
"""

from amaranth_boards.icebreaker import ICEBreakerPlatform

from bep_boards.board import Board
from bep_boards.chips.ice40 import UP5K

BOARD = Board(
    name="icebreaker",
    title="1BitSquared iCEBreaker",
    device=UP5K,
    platform=ICEBreakerPlatform,
    uart=("uart", 0),
    baud=3_000_000,
    leds={"training": ("led_g", 0), "error": ("led_r", 0)},
    lanes=96,
    machine={"spram": True, "backward_lanes": 48},
    reset=("button", 0),
    clock_pad=True,
    loader=("-b", "ice40_generic"),
)
