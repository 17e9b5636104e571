"""The hardware whose figures are published: networks, machines and boards, and how they are trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bep_boards.presets import MACHINE_PRESETS
from bep_ref.config import NONE, AnyNetwork, Machine


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


def _preset(name: str, preset: str, **fields: Any) -> Design:
    """A machine preset as it is."""
    chosen = MACHINE_PRESETS[preset]
    return Design(name, chosen.board, chosen.network, chosen.machine, **fields)


def _up5k(lanes: int, sweep: bool = True, training: bool = True) -> Design:
    preset = MACHINE_PRESETS["icebreaker-mnist"]
    room = lanes < preset.machine.lanes
    machine = replace(
        preset.machine,
        lanes=lanes,
        backward_lanes=min(preset.machine.backward_lanes, lanes),
        statistics=room,
        receive_buffer=room,
        training=training,
    )
    return Design(_name("icebreaker", lanes, training), preset.board, preset.network, machine, sweep=sweep)


def _ecp5(lanes: int, sweep: bool = True, training: bool = True) -> Design:
    preset = MACHINE_PRESETS["ulx3s-mnist"]
    machine = replace(preset.machine, lanes=lanes, training=training)
    return Design(_name("ulx3s", lanes, training), preset.board, preset.network, machine, sweep=sweep)


def _recurrent(name: str, preset: str) -> Design:
    """The digits are read row by row, in eight steps, as many bits a step as the state has neurons."""
    neurons = MACHINE_PRESETS[preset].network.inputs
    training = {"batch_size": 100, "group_size": (16, 16), "expansion": neurons, "gate": 0.05, "dead_zone": NONE}
    return _preset(name, preset, data="sequence:digits", training=training, placements=4)


def _name(board: str, lanes: int, training: bool) -> str:
    return f"{board}-{lanes}" if training else f"{board}-{lanes}-inference"


DESIGNS = (
    _up5k(200, sweep=False),
    _preset("hx8k-96", "hx8k-digits", data="digits", training={"batch_size": 100}),
    _ecp5(448, sweep=False),
    _recurrent("icebreaker-rnn", "icebreaker-sequences"),
    _recurrent("ulx3s-rnn", "ulx3s-sequences"),
    _up5k(200, training=False),
    _ecp5(448, training=False),
    _up5k(48),
    _up5k(96),
    _ecp5(64),
    _ecp5(128),
    _ecp5(224),
    _ecp5(800),
)
