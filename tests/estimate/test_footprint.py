"""The fit finds what boards are made of, as far as boards tell it."""

import pytest

from bep_estimate.footprint import GUESS, PARTS, fit, parts, total
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, Network, RecurrentNetwork

CELLS = {name: GUESS["lut4"][name] * (0.7, 1.6)[number % 2] for number, name in enumerate(PARTS)}


def board(lanes, **fields):
    return Layout(Network(120, (24, 12), 5), Machine(lanes, 4, **fields))


KNOWN = [
    board(24),
    board(40),
    board(96),
    board(24, backward_lanes=8),
    board(24, statistics=False, receive_buffer=False),
    board(24, rule="local"),
    Layout(RecurrentNetwork(40, 24, 12, 5, steps=4), Machine(24, 4)),
]


def count(layout):
    return total(CELLS, parts(layout))


def fitted(layouts):
    return fit([parts(layout) for layout in layouts], [count(layout) for layout in layouts], "lut4")


@pytest.mark.parametrize(
    "unknown",
    [
        board(60),
        board(72, backward_lanes=16),
        board(48, statistics=False),
        board(40, rule="local"),
        Layout(RecurrentNetwork(40, 24, 12, 5, steps=4), Machine(40, 4)),
    ],
)
def test_boards_between_the_known_ones_are_told_well(unknown):
    assert total(fitted(KNOWN), parts(unknown)) == pytest.approx(count(unknown), rel=0.03)


def test_what_no_board_tells_stays_as_it_was_guessed():
    found = fitted(KNOWN[:3])
    assert found["receive buffer"] == pytest.approx(GUESS["lut4"]["receive buffer"], rel=0.1)
    assert CELLS["lanes"] < found["lanes"] < GUESS["lut4"]["lanes"]


def test_without_any_board_packing_is_as_it_was_guessed():
    assert fit([], [], "packing") == pytest.approx(GUESS["packing"], rel=0.01)
