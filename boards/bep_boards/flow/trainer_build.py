"""Building the trainer for a board."""

from collections.abc import Sequence
from pathlib import Path

from bep_boards.board import Board
from bep_boards.chips.pll import Setting, highest
from bep_boards.flow.flow import Build, Observer, build
from bep_boards.top.top import BoardTop
from bep_hw.tools.environment import as_tool
from bep_ref.config import AnyNetwork, Machine


def trainer_top(network: AnyNetwork, machine: Machine, board: Board) -> BoardTop:
    """The whole chip; its clock has the frequency that place and route aims at."""
    return BoardTop(network, machine, board, highest(_settings(board), board.device.family.constraint_mhz))


def trainer_sources(network: AnyNetwork, machine: Machine, board: Board) -> tuple[str, str]:
    """The whole chip as RTLIL, and its constraints of pins and clocks, as the flow gives them to the tools."""
    with as_tool():
        files = board.platform().prepare(trainer_top(network, machine, board), "top", emit_src=False).files
    return files["top.il"], files[f"top.{board.device.family.constraints}"]


def _settings(board: Board) -> list[Setting]:
    return list(board.device.family.pll.settings(board.platform().default_clk_frequency / 1e6))


def build_trainer(
    network: AnyNetwork,
    machine: Machine,
    board: Board,
    out: Path,
    seeds: Sequence[int] = (1,),
    at_once: int = 1,
    observer: Observer = lambda *_: None,
) -> Build:
    """Build the trainer of ``network`` on ``machine`` for ``board`` into ``out``; see `build`."""
    return build(board, trainer_top(network, machine, board), out, seeds, at_once, _settings(board), observer)
