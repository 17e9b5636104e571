"""What the build flow and the top level need to know about a board."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bep_boards.chips.family import Device
from bep_ref.config import ConfigError

Resource = tuple[str, int]
"""Name and number of a resource in amaranth-boards."""
Led = Resource | tuple[str, int, str]
"""A resource that is one light, or one of the lights in it, such as the red one."""


class BoardError(ConfigError):
    """A board that is not known, or a design that does not fit it; one line, fit to show a user."""


@dataclass(frozen=True)
class Shortage:
    """Of ``resource``, in words fit for a user, a design needs more than there is."""

    resource: str
    needed: int
    available: int


class TooSmallError(BoardError):
    """A board, or its chip, that has not what a design takes: ``shortages``, one or more."""

    def __init__(self, owner: str, shortages: Sequence[Shortage]) -> None:
        self.shortages = shortages
        short = [
            f"{of.resource} {of.needed} needed, {of.available} there: {of.needed - of.available} over"
            for of in shortages
        ]
        super().__init__(f"{owner}: does not fit; {'; '.join(short)}")


@dataclass(frozen=True)
class Board:
    """One board. Pins, clocks and part numbers come from ``platform``, a class of amaranth-boards.

    ``leds`` gives a resource to those of ``link``, ``training`` and ``error`` that have a light; ``reset`` is a push
    button, if there is one to spare; outputs ``high`` are held so (they deselect a chip that shares pins). ``baud`` is
    the fastest rate that the board's USB bridge and its clock can both make. ``clock_pad`` tells that the oscillator
    sits on the PLL's own pin. ``lanes`` is about as wide as the chip likes a trainer, ``machine`` further fields of its
    `Machine`. ``loader`` are openFPGALoader's arguments for the board, none if it cannot write
    to it. The docstring of the board's module says how to wire it.
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
