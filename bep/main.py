"""Entry point: finds the command, runs it, turns its result into JSON and its failure into one line.

Exit codes: 0 done, 1 a check failed, 2 bad input, 130 interrupted, 141 nobody reads the output any more.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

from bep.command import CheckError, Command, add_command, carry_out
from bep.console import OUTPUT, Console, accept_all_characters, forget_output, one_line, write_output
from bep.options import add_json, check_file
from bep.registry import command_modules
from bep_hw.tools.caches import house_matplotlib
from bep_ref.config import ConfigError
from bep_ref.distribution import how_to_install, installed_version
from bep_ref.files.atomic import write_atomically

OWN = tuple(
    f"bep{suffix}"
    for suffix in (
        "",
        *[
            "_ref",
            "_hw",
            "_host",
            "_sklearn",
            "_interchange",
            "_estimate",
            "_report",
            "_sim",
            "_boards",
            "_verify",
            "_studies",
        ],
    )
)
"""Packages whose modules are never missing but by a mistake of ours."""

DESCRIPTION = """\
Binary neural networks that learn on a small FPGA.

  bep train --data digits --out run        learn handwritten digits in software
  bep eval run/model.npz --data digits     measure the model
  bep COMMAND --help                       options, each with default, range and unit
"""


class UsageError(ConfigError):
    """A command line that cannot be parsed."""


class _Parser(argparse.ArgumentParser):
    """Reports a bad command line by raising, so that it leaves as one line like every other error."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``bep`` with ``argv`` (default: the process's arguments); returns the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    accept_all_characters()
    try:
        return _run(words)
    except ConfigError as error:
        return _complain(f"error: {error}", 2)
    except BrokenPipeError:
        forget_output()
        return 141
    except OSError as error:
        if error.filename == OUTPUT:
            forget_output()
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"error: {place}{error.strerror or error}", 2)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in OWN:
            raise
        needs = f"needs the package {missing.name}, which is not installed"
        return _complain(f"error: {_named(words)}: {needs} ({how_to_install(missing.name or '')})", 2)
    except KeyboardInterrupt as stop:
        return _complain(f"interrupted{''.join(f'; {note}' for note in stop.args)}", 130)


def call(argv: Sequence[str], report: Console, progress: Console) -> dict[str, Any]:
    """Run the command line ``argv`` inside another command, which gets the result; errors are raised."""
    args = _parser(list(argv)).parse_args(argv)
    args.report, args.progress = report, progress
    return _deliver(args)


def _named(argv: Sequence[str]) -> str | None:
    """The command that ``argv`` names."""
    return next((word for word in argv if not word.startswith("-")), None)


def _complain(line: str, code: int) -> int:
    print(one_line(f"bep: {line}"), file=sys.stderr)
    return code


def _run(argv: list[str]) -> int:
    args = _parser(argv).parse_args(argv)
    to_stdout = args.json == "-"
    if args.json and not to_stdout:
        check_file("json", Path(args.json))
    house_matplotlib()
    args.progress = Console(stderr=True)
    args.report = args.progress if to_stdout else Console()
    try:
        _deliver(args)
    except CheckError as failed:
        return _complain(str(failed), 1)
    return 0


def _deliver(args: argparse.Namespace) -> dict[str, Any]:
    """Run the command; its result, written where ``--json`` says. A failed check is raised after that."""
    failure = None
    try:
        result = carry_out(args.command, args)
    except CheckError as failed:
        failure, result = failed, failed.result
    if args.json:
        text = json.dumps(result, indent=2, allow_nan=False) + "\n"
        if args.json == "-":
            write_output(text)
        else:
            write_atomically(Path(args.json), text.encode())
    if failure:
        raise failure
    return result


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    """Parser of the one command that ``argv`` names, or of all of them where it names none."""
    parser = _Parser(prog="bep", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"bep {installed_version() or '(not installed)'}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    named, modules = _named(argv), command_modules()
    for name in (named,) if named in modules else modules:
        try:
            command = cast(Command, import_module(modules[name]))
        except ModuleNotFoundError as missing:
            if name == named:
                raise
            commands.add_parser(name, help=f"(not available: needs {missing.name})")
            continue
        own = add_command(commands, command)
        add_json(own)
        own.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
