"""The fit finds what boards are made of, as far as boards tell it."""

import pytest

from bep_estimate.footprint import GUESS, fit, parts, relative_errors
from bep_hw.layout import Layout
from bep_ref.config import Machine, Network

CELLS = {
    name: guess * factor for (name, guess), factor in zip(GUESS["lut4"].items(), [0.7, 1.6] * 5 + [1], strict=True)
}


def board(lanes, **fields):
    return Layout(Network(120, (24, 12), 5), Machine(lanes, 4, **fields))


KNOWN = [
    board(24),
    board(40),
    board(96),
    board(24, backward_lanes=8),
    board(24, statistics=False, receive_buffer=False),
]


def count(layout):
    return sum(CELLS[name] * number for name, number in parts(layout).items())


def test_boards_between_the_known_ones_are_told_well():
    found = fit(KNOWN, [count(layout) for layout in KNOWN], "lut4")
    unknown = [board(60), board(72, backward_lanes=16), board(48, statistics=False)]
    errors = relative_errors(found, unknown, [count(layout) for layout in unknown])
    assert max(map(abs, errors)) < 0.03


def test_what_no_board_tells_stays_as_it_was_guessed():
    found = fit(KNOWN[:3], [count(layout) for layout in KNOWN[:3]], "lut4")
    assert found["receive buffer"] == pytest.approx(GUESS["lut4"]["receive buffer"], rel=0.1)
    assert CELLS["lanes"] < found["lanes"] < GUESS["lut4"]["lanes"]
