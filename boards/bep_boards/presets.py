"""Trainers that have been built and measured, by name: a network, the machine that learns it, and its board."""

from dataclasses import dataclass

from bep_boards.board import BoardError
from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork


@dataclass(frozen=True)
class MachinePreset:
    """``network`` on ``machine`` for the board called ``board``; ``title`` is one line for readers."""

    title: str
    board: str
    network: AnyNetwork
    machine: Machine


MACHINE_PRESETS = {
    # beside 200 lanes, which take the last block RAM, there is no place for statistics and a receive buffer
    "icebreaker-mnist": MachinePreset(
        "MNIST on an iCE40 UP5K, 200 lanes",
        "icebreaker",
        Network(784, (96, 96), 10),
        Machine(200, 4, 48, hits_ahead=2, spram=True, statistics=False, receive_buffer=False),
    ),
    "hx8k-digits": MachinePreset(
        "8x8 digits on an iCE40 HX8K, 5-bit counters",
        "ice40_hx8k_b_evn",
        Network(192, (64, 64), 10, counter_bits=5),
        Machine(96, 8, z_buffers=2, hits_ahead=8),
    ),
    "ulx3s-mnist": MachinePreset(
        "MNIST on an ECP5-85F, 448 lanes",
        "ulx3s_85f",
        Network(784, (128, 128), 10),
        Machine(448, 32, z_buffers=2, hits_ahead=2048, slots=8, register_plane=True, statistics=False),
    ),
    "icebreaker-sequences": MachinePreset(
        "8x8 digits row by row on an iCE40 UP5K",
        "icebreaker",
        RecurrentNetwork(96, 96, 96, 10, steps=8),
        Machine(96, 4, 48, spram=True),
    ),
    "ulx3s-sequences": MachinePreset(
        "8x8 digits row by row on an ECP5-85F",
        "ulx3s_85f",
        RecurrentNetwork(192, 192, 192, 10, steps=8),
        Machine(192, 32, slots=8, register_plane=True, statistics=False),
    ),
}
"""Every machine preset by its name."""


def machine_preset(name: str) -> MachinePreset:
    """The preset of that name; `BoardError` names the known ones if there is none."""
    if name not in MACHINE_PRESETS:
        raise BoardError(f"preset: {name!r} is unknown; known are {', '.join(MACHINE_PRESETS)}")
    return MACHINE_PRESETS[name]
