"""Clocks of a board: ``link`` from its oscillator, ``sync`` from a PLL."""

from typing import Any

from amaranth.hdl import ClockDomain, ClockSignal, Module, Signal
from amaranth.lib import io
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer

from bep_boards.board import Board
from bep_boards.chips.pll import Setting

START_SECONDS = 15e-6
"""Reset lasts this long after the PLL is steady: iCE40 block RAM reads zeros for 3 µs after configuration."""


def add_clocks(m: Module, platform: Any, board: Board, setting: Setting) -> Signal:
    """Define the domains ``link`` and ``sync`` (at ``setting``) in ``m``.

    Returns what is high in ``sync`` while the clocks settle or the board's reset button is pressed. ``link`` has that
    as its reset; ``sync`` has none, so that a unit's own reset can come right out of a flip-flop.
    """
    pin = platform.request(platform.default_clk, dir="-")
    link, sync, locked = board.device.family.pll.instantiate(m, pin, board.clock_pad, setting)
    m.domains.start = ClockDomain(reset_less=True, local=True)
    m.domains += [ClockDomain("link"), ClockDomain("sync", reset_less=True)]
    m.d.comb += [ClockSignal("start").eq(link), ClockSignal("link").eq(link), ClockSignal("sync").eq(sync)]

    wait = int(START_SECONDS * platform.default_clk_frequency)
    waited = Signal(range(wait + 1))
    running = Signal()
    with m.If(waited != wait):
        m.d.start += waited.eq(waited + locked)
    m.d.start += running.eq(waited == wait)

    pressed = Signal()
    if board.reset is not None:
        m.submodules.button = button = io.Buffer("i", platform.request(*board.reset, dir="-"))
        m.d.comb += pressed.eq(button.i)
    halted, settling = Signal(), Signal(init=1)
    m.d.comb += halted.eq(~running | pressed)
    m.submodules.link_reset = ResetSynchronizer(halted, domain="link")
    m.submodules.sync_settling = FFSynchronizer(halted, settling, o_domain="sync", init=1)
    return settling
