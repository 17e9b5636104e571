"""``--preset`` of the commands that make hardware: a network, its machine and its board by one name."""

import argparse
from dataclasses import fields
from typing import Any

from bep_boards.presets import MACHINE_PRESETS, machine_preset
from bep_ref.config import ConfigError


def add_machine_preset(parser: argparse.ArgumentParser) -> None:
    """``--preset NAME``."""
    parser.add_argument(
        "--preset",
        metavar="NAME",
        help=f"board, network and machine of a measured trainer: {', '.join(MACHINE_PRESETS)}; options change it",
    )


def use_machine_preset(args: argparse.Namespace) -> dict[str, Any]:
    """Let the preset stand for the options that were left out; the fields of `Machine` that have no option.

    Raises `ConfigError` for a name that is unknown.
    """
    if args.preset is None:
        return {}
    preset = machine_preset(args.preset)
    machine = preset.machine.to_dict()
    if getattr(args, "board", None) not in (None, preset.board):
        raise ConfigError(f"board: {args.board} beside preset {args.preset}, which is for {preset.board}")
    values = {"board": preset.board, **preset.network.to_dict(), **machine}
    if preset.network.SEQUENTIAL:
        values["expansion"] = preset.network.inputs
    for name, value in values.items():
        if getattr(args, name, 0) is None:
            setattr(args, name, list(value) if isinstance(value, tuple) else value)
    args.inference |= not preset.machine.training
    return {field.name: machine[field.name] for field in fields(preset.machine) if not hasattr(args, field.name)}


def required_board(args: argparse.Namespace) -> str:
    """The board, by ``--board`` or ``--preset``; `ConfigError` if neither was given."""
    if args.board is None:
        raise ConfigError("board: none given; add --board NAME or --preset NAME")
    return str(args.board)
