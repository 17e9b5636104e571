"""What the build flow and the top level need to know about a board."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

    ``leds`` gives a resource to those of ``link``, ``training`` and ``error`` that have a light; ``reset`` is a push
    button, if there is one to spare. ``baud`` is the fastest rate that the board's USB bridge and its clock can both
    make. ``clock_pad`` tells that the oscillator sits on the PLL's own pin. ``lanes`` is about as wide as the chip
    likes a trainer, ``machine`` further fields of its :class:`~bep_ref.config.Machine`.
    """

    name: str
    title: str
    device: Device
    platform: Callable[[], Any]
    uart: Resource
    baud: int
    leds: Mapping[str, Resource]
    lanes: int
    machine: Mapping[str, Any] = field(default_factory=dict)
    reset: Resource | None = None
    clock_pad: bool = False
