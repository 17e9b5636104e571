"""Every design for every board: it elaborates, its pins are the board's, and what is small is synthesised too."""

import re

import pytest

from bep_boards.chips.pll import highest
from bep_boards.flow.synthesis import synthesise
from bep_boards.flow.trainer_build import trainer_top
from bep_boards.registry import NAMES, find
from bep_hw.plan.choose import choose_machine
from bep_ref.config import Network
from tests.boards.designs import OnBoard

SMALL = Network(16, (8,), 2)
MEMORY = {"ice40": "SB_RAM40_4K", "ecp5": "DP16KD"}
PIN = {"ice40": r"^set_io \S+ (\S+)$", "ecp5": r'^LOCATE COMP "\S+" SITE "(\S+)";$'}
CLOCK = {"ice40": r"^set_frequency \S+ (\S+)$", "ecp5": r'^FREQUENCY PORT "\S+" (\d+)\d{6}\.0 HZ;$'}


def trainer(board):
    return trainer_top(SMALL, choose_machine(SMALL, 8, **board.machine), board)


def inference(board):
    return trainer_top(SMALL, choose_machine(SMALL, 8, **{**board.machine, "training": False}), board)


def memories(board):
    clock = board.platform().default_clk_frequency / 1e6
    return OnBoard(board, 2, highest(board.device.family.pll.settings(clock), 48))


PINS = {
    trainer: lambda board: 3 + len(board.leds) + len(board.high) + (board.reset is not None),
    inference: lambda board: 3 + len(board.leds) + len(board.high) + (board.reset is not None),
    memories: lambda board: 3 + (board.reset is not None),
}
"""Design -> how many pins it has on a board: clock, two of the serial port, whatever lights and buttons there are."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("design", PINS, ids=lambda design: design.__name__)
def test_every_design_finds_its_pins_and_its_clock_on_every_board(design, name, tmp_path):
    board = find(name)
    family = board.device.family
    platform = board.platform()
    plan = platform.prepare(design(board), "top", emit_src=False)
    constraints = plan.files[f"top.{family.constraints}"]
    pins = re.findall(PIN[family.name], constraints, re.MULTILINE)
    assert len(set(pins)) == len(pins) == PINS[design](board)
    (mhz,) = re.findall(CLOCK[family.name], constraints, re.MULTILINE)
    assert float(mhz) == platform.default_clk_frequency / 1e6
    if design is memories:
        assert synthesise(plan.files["top.il"], board.device, "top", tmp_path).block_rams == {MEMORY[family.name]: 2}
