"""What the build flow and the top level need to know about a board."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bep_ref.config import ConfigError
from boards.device import Device

Resource = tuple[str, int]
"""Name and number of a resource in amaranth-boards."""


class BoardError(ConfigError):
    """A board that is not known, or a design that does not fit it; one line, fit to show a user."""


@dataclass(frozen=True)
class Board:
    """One board. Pins, clocks and part numbers come from ``platform``, a class of amaranth-boards.

    ``leds`` gives each of ``link``, ``training`` and ``error`` a resource; ``reset`` is a push button, if there is
    one to spare. ``baud`` is the fastest rate that both the board's USB bridge and its clock can make.
    """

    name: str
    title: str
    device: Device
    platform: Callable[[], Any]
    uart: Resource
    baud: int
    leds: Mapping[str, Resource]
    reset: Resource | None = None

    @property
    def spram(self) -> bool:
        """Whether the chip has single-port memories large enough to hold the counters."""
        return "ICESTORM_SPRAM" in self.device.limits
