"""The hardware whose figures are published: networks, machines and boards, and how they are trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork

MNIST_96 = Network(784, (96, 96), 10)
MNIST_128 = Network(784, (128, 128), 10)
DIGITS_64 = Network(192, (64, 64), 10, counter_bits=5)


@dataclass(frozen=True)
class Design:
    """One row of the table. ``sweep`` rows vary the lanes: they train on fewer samples and are placed with few seeds.

    ``data`` is a data set, or "mnist" for the folder that the user names; ``training`` are fields of
    `Training`, and of sequences of `SeriesInput`, that differ from the
    data's preset. At most ``placements`` of the seeds asked for are placed.
    """

    name: str
    board: str
    network: AnyNetwork
    machine: Machine
    data: str = "mnist"
    training: Mapping[str, Any] = field(default_factory=lambda: {"batch_size": 100, "group_size": (32, 32)})
    sweep: bool = False
    placements: int = 8


def _up5k(lanes: int, sweep: bool = True, training: bool = True) -> Design:
    # beside 200 lanes, which take the last block RAM, there is no place for statistics and a receive buffer
    room = lanes < 200
    machine = Machine(
        lanes,
        4,
        min(48, lanes),
        hits_ahead=2,
        spram=True,
        statistics=room,
        receive_buffer=room,
        training=training,
    )
    return Design(_name("icebreaker", lanes, training), "icebreaker", MNIST_96, machine, sweep=sweep)


def _ecp5(lanes: int, sweep: bool = True, training: bool = True) -> Design:
    machine = Machine(
        lanes, 32, z_buffers=2, hits_ahead=2048, slots=8, register_plane=True, statistics=False, training=training
    )
    return Design(_name("ulx3s", lanes, training), "ulx3s_85f", MNIST_128, machine, sweep=sweep)


def _recurrent(name: str, board: str, neurons: int, machine: Machine) -> Design:
    """Inputs, state and output of so many neurons; the digits are read row by row, in eight steps."""
    training = {"batch_size": 100, "group_size": (16, 16), "expansion": neurons, "gate": 0.05}
    network = RecurrentNetwork(neurons, neurons, neurons, 10, steps=8)
    return Design(name, board, network, machine, "sequence:digits", training, placements=4)


def _name(board: str, lanes: int, training: bool) -> str:
    return f"{board}-{lanes}" if training else f"{board}-{lanes}-inference"


DESIGNS = (
    _up5k(200, sweep=False),
    Design(
        "hx8k-96",
        "ice40_hx8k_b_evn",
        DIGITS_64,
        Machine(96, 8, z_buffers=2, hits_ahead=8),
        "digits",
        {"batch_size": 100},
    ),
    _ecp5(448, sweep=False),
    _recurrent("icebreaker-rnn", "icebreaker", 96, Machine(96, 4, 48, spram=True)),
    _recurrent("ulx3s-rnn", "ulx3s_85f", 192, Machine(192, 32, slots=8, register_plane=True, statistics=False)),
    _up5k(200, training=False),
    _ecp5(448, training=False),
    _up5k(48),
    _up5k(96),
    _ecp5(64),
    _ecp5(128),
    _ecp5(224),
    _ecp5(800),
)
