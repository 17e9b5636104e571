"""What a command is, and how it fails."""

import argparse
from typing import Any, Protocol


class Command(Protocol):
    """One module of ``bep.commands``.

    ``HELP`` is its line in ``bep --help``; ``DESCRIPTION`` teaches, with an example. ``run`` gets the parsed
    arguments and two consoles: ``args.report`` for results people read, ``args.progress`` (standard error) for
    progress bars. It returns what ``--json`` writes: plain JSON types.

    A module's own imports stay light (no NumPy-heavy package but ``bep_ref``, no HDL); what a run needs it imports in
    ``run``, so that ``bep --help`` is quick and a package missing for one command does not disturb another.
    """

    NAME: str
    HELP: str
    DESCRIPTION: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> dict[str, Any]: ...


def add_command(commands: Any, command: Command) -> argparse.ArgumentParser:
    """A parser of ``command`` among ``commands``, what ``add_subparsers`` returned; with the command's own options."""
    own: argparse.ArgumentParser = commands.add_parser(
        command.NAME,
        help=command.HELP,
        description=command.DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(own)
    return own


class CheckError(Exception):
    """The command did its work and the answer is no, such as a mismatch: exit code 1, the result still written."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result
