"""tinyVision UPduino v3: iCE40 UP5K, 12 MHz, FT232H.

Solder the jumper OSC: it brings the 12 MHz oscillator to pin 20. (The chip's own oscillator is off by up to 10 %, too
much for a serial line.)

USB's only bridge, the FT232H, is also the programmer. Its transmit line is the flash's clock and its receive line the
flash's input, so the bitstream keeps the flash deselected; openFPGALoader and the serial port take turns.
"""

from amaranth.build import Attrs, Pins, Resource
from amaranth_boards.resources import UARTResource
from amaranth_boards.upduino_v3 import UpduinoV3Platform

from bep_boards.board import Board
from bep_boards.chips.ice40 import UP5K


class Platform(UpduinoV3Platform):
    """With the oscillator's clock and with the pins of the flash as a serial port."""

    default_clk = "clk12"
    resources = (
        *UpduinoV3Platform.resources,
        UARTResource(0, rx="15", tx="14", attrs=Attrs(IO_STANDARD="SB_LVCMOS")),
        Resource("flash_deselect", 0, Pins("16", dir="o"), Attrs(IO_STANDARD="SB_LVCMOS")),
    )


BOARD = Board(
    name="upduino_v3",
    title="tinyVision UPduino v3",
    device=UP5K,
    platform=Platform,
    uart=("uart", 0),
    baud=3_000_000,
    leds={"link": ("rgb_led", 0, "b"), "training": ("rgb_led", 0, "g"), "error": ("rgb_led", 0, "r")},
    high=(("flash_deselect", 0),),
    lanes=96,
    machine={"spram": True, "backward_lanes": 48},
    loader=("-b", "ice40_generic", "-c", "ft232"),
)
