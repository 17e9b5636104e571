"""A phase-locked loop's settings, whatever the family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bep_boards.board import BoardError


@dataclass(frozen=True)
class Setting:
    """Dividers (``parameters`` of the primitive) that make ``output_mhz``."""

    output_mhz: float
    parameters: Mapping[str, int]


def highest(settings: Iterable[Setting], limit_mhz: float) -> Setting:
    """The setting of the highest frequency that is not above ``limit_mhz``, the first of several equal ones.

    Raises `BoardError` if all are above.
    """
    everything = list(settings)
    allowed = [setting for setting in everything if setting.output_mhz <= limit_mhz]
    if not allowed:
        lowest = min(setting.output_mhz for setting in everything)
        raise BoardError(f"clock: {limit_mhz:.2f} MHz is too slow for the PLL, which makes {lowest:g} MHz and more")
    return max(allowed, key=lambda setting: setting.output_mhz)
