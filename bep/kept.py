"""Runs side by side in processes, each result kept as a file when it is there and never made twice."""

import json
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bep.interrupt import interrupts_ignored
from bep_ref.files.atomic import write_atomically


class Run(Protocol):
    """A dataclass that holds everything that fixes its result."""

    def file(self, folder: Path) -> Path:
        """Where the result is kept."""


R = TypeVar("R", bound=Run)


def finish(
    runs: Sequence[R],
    folder: Path,
    perform: Callable[[R], dict[str, Any]],
    jobs: int,
    done: Callable[[], Any],
) -> list[dict[str, Any]]:
    """The results of ``runs``, in their order: from their files in ``folder``, or by ``perform``, ``jobs`` at a time.

    ``perform``, a module's function or a partial one, runs in other processes. ``done`` is called once for every run
    that has a result. An interrupt loses only what is being performed.
    """
    missing = [run for run in runs if not run.file(folder).exists()]
    for _ in range(len(runs) - len(missing)):
        done()
    if missing:
        with _workers(min(jobs, len(missing))) as pool:
            for number, result in pool.imap_unordered(partial(_numbered, perform), enumerate(missing)):
                run: Any = missing[number]
                content = {"run": asdict(run), "result": result}
                write_atomically(run.file(folder), (json.dumps(content, indent=2) + "\n").encode())
                done()
    return [json.loads(run.file(folder).read_text())["result"] for run in runs]


def found(runs: Sequence[Run], folder: Path) -> list[dict[str, Any] | None]:
    """What `finish` has kept of ``runs``, in their order, and None for the others; nothing is performed."""
    files = [run.file(folder) for run in runs]
    return [json.loads(file.read_text())["result"] if file.exists() else None for file in files]


def _workers(count: int) -> Any:
    """Processes that leave Ctrl-C to this one."""
    with interrupts_ignored():
        return multiprocessing.get_context("spawn").Pool(count)


def _numbered(perform: Callable[[R], dict[str, Any]], numbered: tuple[int, R]) -> tuple[int, dict[str, Any]]:
    number, run = numbered
    return number, perform(run)
