"""The hardware whose figures are published: networks, machines and boards, and how they are trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bep_ref.config import Machine, Network

MNIST_96 = Network(784, (96, 96), 10)
MNIST_128 = Network(784, (128, 128), 10)
DIGITS_64 = Network(192, (64, 64), 10, counter_bits=5)


@dataclass(frozen=True)
class Design:
    """One row of the table. ``sweep`` rows vary the lanes: they train on fewer samples and are placed with few seeds.

    ``data`` is a data set, or "mnist" for the folder that the user names; ``training`` are fields of
    :class:`~bep_ref.config.Training` that differ from the data's preset.
    """

    name: str
    board: str
    network: Network
    machine: Machine
    data: str = "mnist"
    training: Mapping[str, Any] = field(default_factory=lambda: {"batch_size": 100, "group_size": (32, 32)})
    sweep: bool = False


def _up5k(lanes: int, sweep: bool = True) -> Design:
    # statistics fit beside 96 lanes, not beside 200
    machine = Machine(lanes, 4, min(48, lanes), spram=True, statistics=lanes < 200)
    return Design(f"icebreaker-{lanes}", "icebreaker", MNIST_96, machine, sweep=sweep)


def _ecp5(lanes: int, sweep: bool = True) -> Design:
    machine = Machine(lanes, 98, z_buffers=2, hits_ahead=2048, slots=8, register_plane=True)
    return Design(f"ulx3s-{lanes}", "ulx3s_85f", MNIST_128, machine, sweep=sweep)


DESIGNS = (
    _up5k(200, sweep=False),
    Design("hx8k-96", "ice40_hx8k_b_evn", DIGITS_64, Machine(96, 8, z_buffers=2), "digits", {"batch_size": 100}),
    _ecp5(392, sweep=False),
    _up5k(48),
    _up5k(96),
    _ecp5(98),
    _ecp5(196),
    _ecp5(784),
)
