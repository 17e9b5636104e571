"""What is proposed fits, and the next larger does not; it is fast enough, and the next smaller is not."""

from dataclasses import replace

import pytest

from bep_boards.registry import find
from bep_estimate.estimate import estimate, size_of
from bep_estimate.search import WIDTHS, fast_enough, lane_counts, largest_network, most_lanes
from bep_hw.plan.choose import choose_machine
from bep_ref.config import ConfigError, Network, Workload

MNIST = Network(784, (96, 96), 10)
BOARD = find("icebreaker")


def machine_of(network, lanes):
    return choose_machine(network, lanes, **BOARD.machine)


def test_most_lanes():
    found = most_lanes(MNIST, BOARD, machine_of)
    assert size_of(MNIST, found, BOARD).fits
    wider = [machine for lanes in lane_counts(MNIST) if (machine := machine_of(MNIST, lanes)).lanes > found.lanes]
    assert wider
    assert not any(size_of(MNIST, machine, BOARD).fits for machine in wider)


def test_largest_network():
    found = largest_network(MNIST, BOARD, machine_of)
    assert found.hidden[0] == found.hidden[1] >= 96
    larger = replace(MNIST, hidden=(WIDTHS[WIDTHS.index(found.hidden[0]) + 1],) * 2)
    assert size_of(found, machine_of(found, BOARD.lanes), BOARD).fits
    assert not size_of(larger, machine_of(larger, BOARD.lanes), BOARD).fits


def test_lanes_for_a_speed():
    target = 20_000
    found = fast_enough(MNIST, BOARD, Workload(), machine_of, target)
    assert found.size.fits
    assert found.samples_per_second >= target
    narrower = [
        machine for lanes in lane_counts(MNIST) if (machine := machine_of(MNIST, lanes)).lanes < found.machine.lanes
    ]
    assert estimate(MNIST, narrower[-1], BOARD, Workload()).samples_per_second < target
    with pytest.raises(ConfigError, match="icebreaker reaches"):
        fast_enough(MNIST, BOARD, Workload(), machine_of, 1e9)


def test_a_network_that_fits_on_no_machine_is_refused_by_what_lacks():
    with pytest.raises(ConfigError, match="fits icebreaker: too little single-port RAM"):
        most_lanes(Network(784, (1024, 512), 10), BOARD, machine_of)
