"""The look of everything that commands print: consoles, tables, progress bars. Only this module imports rich's own.

Names of classes, labels and paths are other people's text: no character of them is markup or an emoji code, and none
commands the terminal. A string is one line: `one_line` shows line breaks in it as escapes.
"""

import io
import os
import re
import sys
from contextlib import suppress
from typing import Any, TextIO

import rich.console
import rich.table
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.rule import Rule
from rich.text import Text

from bep_ref.files.naming import naming

LEAST_WIDTH = 40
"""Columns that tables get however narrow COLUMNS says the terminal is."""
WHOLE = 1 << 16
"""Columns where no terminal sets a width: no path is longer."""
OUTPUT = "standard output"
RULE_WIDTH = 80
"""Columns of a ruled heading, at most."""
COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that command a terminal: control characters, line breaks, directions of writing, bytes of no character."""


def one_line(text: str) -> str:
    """``text`` on one line of a terminal: `COMMANDS` are shown as Python's escapes, everything else as it is."""
    return COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def accept_all_characters() -> None:
    """Standard output and error show characters that their encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_output(text: str) -> None:
    """Write ``text``, which is data, to standard output, as UTF-8 as into files, whatever a terminal would show.

    Raises `OSError` that names standard output where it takes nothing more.
    """
    if sys.stdout is None:
        return
    with naming(OUTPUT):
        if binary := getattr(sys.stdout, "buffer", None):
            sys.stdout.flush()
            binary.write(text.encode(errors="backslashreplace"))
            binary.flush()
        else:
            sys.stdout.write(text)


def forget_output() -> None:
    """Drop what is still to be written to standard output, without complaint: nobody reads it, or its disk is full."""
    with suppress(OSError, ValueError):  # closed, or no file of the operating system's
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Console(rich.console.Console):
    """Prints on standard output, or standard error, what commands say.

    Lines are never wrapped or cut: a terminal wraps them itself, and a log keeps paths whole. A string in `print`, a
    table's cell, heading or title is one line. Raises `OSError` that names the stream where it takes nothing more.
    """

    def __init__(self, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        self.stream_name = "standard error" if stderr else OUTPUT
        super().__init__(
            file=stream,
            stderr=stderr,
            width=_width(stream),
            soft_wrap=True,
            markup=False,
            emoji=False,
            # rich would believe COLUMNS=0, and fail at what is no number
            _environ={name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")},
        )

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(one_line(text), **options)

    def print(self, *objects: Any, **options: Any) -> None:
        with naming(self.stream_name):
            super().print(*objects, **options)

    def rule(self, title: str | Text = "", **options: Any) -> None:
        self.print(Rule(title, **options), width=min(self.width, RULE_WIDTH))

    def on_broken_pipe(self) -> None:
        raise


def _width(stream: TextIO | None) -> int | None:
    """Columns that COLUMNS or no terminal sets; None where they are those of a terminal."""
    wanted = os.environ.get("COLUMNS", "")
    if re.fullmatch("0*[1-9][0-9]{0,4}", wanted):
        return max(int(wanted), LEAST_WIDTH)
    return None if stream is not None and stream.isatty() else WHOLE


class Table(rich.table.Table):
    """A table whose cells fold where the terminal is narrow: nothing of them is cut off."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*cells, **options)
        for column in self.columns:
            column.overflow = "fold"


def styled(text: str, style: str) -> Text:
    """``text`` of our own, lines included, in a style of rich's such as "bold" or "red"."""
    return Text(text, style=style)


class _Description(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(one_line(task.description))


def progress_bar(console: Console) -> Progress:
    """A progress bar: description, bar, count, elapsed and remaining time. Use it as a context manager."""
    return Progress(
        _Description(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
