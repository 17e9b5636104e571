"""The program that plays courses into mutants, and what it tells of them."""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bep_hw.tools.environment import tool_environment
from bep_ref.files.atomic import write_atomically
from bep_sim.tools.compiled import compile_program
from bep_sim.tools.verilator import SimulatorError
from bep_verify.mutation.netlist import Netlist

MAIN = Path(__file__).with_name("mutants.cpp")
ALWAYS = (0, 0)
"""Cycles of a fault that is always there."""


@dataclass(frozen=True)
class Verdict:
    """A section of a course: it is "equal" to the golden model, "differs" in a bit or "hangs".

    ``line`` of the course up to which all was right, ``cycles`` of the run at the section's end.
    """

    seen: str
    line: int
    cycles: int


class Player:
    """Plays the course of ``lines`` into the mutants of ``netlist``, in whose folder the program is kept.

    ``verilog``: of the netlist, where something watches it. Raises `SimulatorError` if the
    trainer as it is does not do as the course says, or what watches it complains.
    """

    def __init__(self, netlist: Netlist, lines: Sequence[str], verilog: str = "") -> None:
        text = "".join(f"{line}\n" for line in lines)
        self.program = compile_program(verilog or netlist.verilog, MAIN, netlist.folder)
        self.name = f"{self.program.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        """Of this program with this course."""
        self.course = netlist.folder / f"{self.name}.course"
        write_atomically(self.course, text.encode())
        original = self._run([(0, *ALWAYS)])
        if original.stderr:
            raise SimulatorError(original.stderr.splitlines()[0])
        [self.original] = _verdicts(original.stdout)
        wrong = [verdict for verdict in self.original if verdict.seen != "equal"]
        if wrong:
            raise SimulatorError(f"the trainer as it is {wrong[0].seen} at line {wrong[0].line} of {self.course}")

    def play(self, runs: Sequence[tuple[int, int, int]]) -> list[list[Verdict]]:
        """The sections of each run: a mutant, and the cycles from and to which its fault is there, or ``ALWAYS``."""
        return _verdicts(self._run(runs).stdout)

    def _run(self, runs: Sequence[tuple[int, int, int]]) -> "subprocess.CompletedProcess[str]":
        text = "".join(f"{mutant} {start} {stop}\n" for mutant, start, stop in runs)
        command = [self.program, self.course]
        return subprocess.run(command, env=tool_environment(), input=text, capture_output=True, text=True, check=True)


def _verdicts(told: str) -> list[list[Verdict]]:
    results = []
    for line in told.splitlines():
        sections = (section.split(":") for section in line.split()[1:])
        results.append([Verdict(seen, int(at), int(cycles)) for seen, at, cycles in sections])
    return results
