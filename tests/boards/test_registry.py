import json

import pytest

from boards.board import BoardError
from boards.registry import NAMES, find
from tests.boards.designs import OnBoard


def test_an_unknown_board_is_refused_with_the_known_ones():
    with pytest.raises(BoardError, match=r"^board: 'de10' is not known; known are icebreaker, .*ulx3s_85f$"):
        find("de10")


@pytest.mark.parametrize("name", NAMES)
class TestEveryBoard:
    def test_is_named_like_its_module(self, name):
        assert find(name).name == name

    def test_has_the_resources_it_claims(self, name):
        board = find(name)
        wanted = [board.uart, *board.leds.values(), *([board.reset] if board.reset else [])]
        platform = board.platform()
        for resource in wanted:
            platform.request(*resource, dir="-")

    def test_selects_the_part_that_the_board_carries(self, name):
        board = find(name)
        plan = board.platform().prepare(OnBoard(board, 1))
        _, placing, _ = json.loads(plan.files["build_top.json"])["commands"]
        assert set(board.device.nextpnr_options) <= set(placing)
