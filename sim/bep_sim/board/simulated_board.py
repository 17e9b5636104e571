"""A simulated board behind a pseudo-terminal: any program that talks to serial ports sees a board."""

import json
import os
import subprocess
import tty
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bep_hw.tools.environment import tool_environment

PACE = 8
"""Cycles a byte: a faster line than any board has, so that a buffer that is too small would show."""


END_SECONDS = 10.0
"""After which a program that was asked to end is ended."""


class SimulatedBoard:
    """Runs ``program`` (of `compile_board`) while the context lasts; ``port`` names its terminal."""

    def __init__(self, program: Path, pace: int = PACE) -> None:
        self.program, self.pace = program, pace
        self.statistics: dict[str, Any] = {}
        """Once it has ended: cycles, cycles a second of processor time, bytes lost."""

    def __enter__(self) -> Self:
        # while this end is open, the terminal stays as it is when programs come and go
        master, self._terminal = os.openpty()
        tty.setraw(self._terminal)
        self.port = os.ttyname(self._terminal)
        self.process = subprocess.Popen(
            [self.program, str(self.pace)],
            env=tool_environment(),
            stdin=master,
            stdout=master,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C reaches it through us
        )
        os.close(master)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            _, told = self.process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, told = self.process.communicate()
        os.close(self._terminal)
        self.statistics = json.loads(told) if told.startswith("{") else {}

    def wait(self) -> None:
        """Until the simulation ends."""
        self.process.wait()
