"""What the build flow and the top level need to know about a board."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bep_ref.config import ConfigError
from boards.device import Device

Resource = tuple[str, int]
"""Name and number of a resource in amaranth-boards."""
Led = Resource | tuple[str, int, str]
"""A resource that is one light, or one of the lights in it, such as the red one."""


class BoardError(ConfigError):
    """A board that is not known, or a design that does not fit it; one line, fit to show a user."""


@dataclass(frozen=True)
class Board:
    """One board. Pins, clocks and part numbers come from ``platform``, a class of amaranth-boards.

    ``leds`` gives a resource to those of ``link``, ``training`` and ``error`` that have a light; ``reset`` is a push
    button, if there is one to spare; outputs ``high`` stay so, for what shares pins with something used. ``baud`` is
    the fastest rate that the board's USB bridge and its clock can both
    make. ``clock_pad`` tells that the oscillator sits on the PLL's own pin. ``lanes`` is about as wide as the chip
    likes a trainer, ``machine`` further fields of its :class:`~bep_ref.config.Machine`. ``loader`` are openFPGALoader's
    arguments for the board, none if it cannot write to it. How to wire it is told by its module's docstring.
    """

    name: str
    title: str
    device: Device
    platform: Callable[[], Any]
    uart: Resource
    baud: int
    leds: Mapping[str, Led]
    lanes: int
    machine: Mapping[str, Any] = field(default_factory=dict)
    reset: Resource | None = None
    high: Sequence[Resource] = ()
    clock_pad: bool = False
    loader: Sequence[str] = ()
