"""The commands of ``bep``: their groups, and the module of each."""

from importlib.metadata import entry_points
from keyword import iskeyword

GROUPS = {
    "learn": ("train", "eval", "predict", "info", "report", "sweep", "demo"),
    "hardware": ("cosim", "verilog", "estimate", "synth"),
    "boards": ("program", "board", "run"),
    "exchange": ("export", "import"),
    "evidence": ("prove", "fuzz", "gates", "mutate", "coverage", "upset", "damage"),
}
"""Folder of ``bep.commands`` -> its commands, both in the order of ``bep --help``."""

ADDED = "bep.commands"
"""Entry point group of commands that other installed distributions add."""


def command_modules() -> dict[str, str]:
    """Name of each command -> module that is a :class:`bep.command.Command`, in the order of ``bep --help``."""
    own = {name: f"bep.commands.{group}.{_module(name)}" for group, names in GROUPS.items() for name in names}
    return own | {entry.name: entry.value for entry in sorted(entry_points(group=ADDED))}


def _module(command: str) -> str:
    """Module of a command: its own name, with an underscore where Python keeps that to itself."""
    return f"{command}_" if iskeyword(command) else command
