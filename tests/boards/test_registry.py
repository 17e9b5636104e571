import json

import pytest

from bep_boards.board import BoardError
from bep_boards.registry import NAMES, find
from bep_host.ports import RATES
from bep_hw.line.uart import divisor
from tests.boards.designs import OnBoard


def test_an_unknown_board_is_refused_with_the_known_ones():
    with pytest.raises(BoardError, match=r"^board: 'de10' is not known; known are icebreaker, .*versa_ecp5$"):
        find("de10")


@pytest.mark.parametrize("name", NAMES)
class TestEveryBoard:
    def test_is_named_like_its_module(self, name):
        assert find(name).name == name

    def test_talks_at_a_rate_that_its_clock_makes_and_the_host_tries(self, name):
        board = find(name)
        assert divisor(board.platform().default_clk_frequency, board.baud) >= 4
        assert board.baud in RATES

    def test_selects_the_part_that_the_board_carries(self, name):
        board = find(name)
        plan = board.platform().prepare(OnBoard(board, 1))
        _, placing, _ = json.loads(plan.files["build_top.json"])["commands"]
        assert set(board.device.nextpnr_options) <= set(placing)
