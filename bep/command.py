"""What a command is, and how it fails."""

import argparse
from contextlib import ExitStack
from typing import Any, Protocol

from bep_ref.files.lock import locked


class Command(Protocol):
    """One module of ``bep.commands``.

    ``HELP`` is its line in ``bep --help``; ``DESCRIPTION`` teaches, with an example. ``run`` gets the parsed
    arguments and two consoles: ``args.report`` for results people read, ``args.progress`` (standard error) for
    progress bars. It returns what ``--json`` writes: plain JSON types.

    ``WRITES``, where a module has it, are the options that name folders which the command writes into: while it runs,
    no other process may.

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


def carry_out(command: Command, args: argparse.Namespace) -> dict[str, Any]:
    """Run ``command`` with the folders locked that it writes into."""
    with ExitStack() as locks:
        for option in getattr(command, "WRITES", ()):
            locks.enter_context(locked(getattr(args, option), option))
        return command.run(args)


class CheckError(Exception):
    """The command did its work and the answer is no, such as a mismatch: exit code 1, the result still written."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result
