"""Every chip family."""

from bep_boards.chips.ecp5 import ECP5
from bep_boards.chips.family import Family
from bep_boards.chips.ice40 import ICE40

FAMILIES: tuple[Family, ...] = (ICE40, ECP5)
