"""All mutants through the course, several at once, and what is left through the search for a difference."""

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from bep_hw.trainer import Trainer
from bep_ref.atomic import write_atomically
from bep_ref.config import ConfigError
from sim.compiled import compile_program
from verify.mutation.course import MACHINE, NETWORK, Course
from verify.mutation.equivalence import equivalent
from verify.mutation.netlist import Mutant, Netlist
from verify.mutation.units import UNITS

MAIN = Path(__file__).with_name("mutants.cpp")
BATCH = 20
"""Mutants that one process plays, after which results are kept."""

Progress = Callable[[str, int, int], None]
"""Told a stage, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Verdict:
    """``seen``: how a mutant differs from the golden model.

    It "differs" in a bit, "hangs", has the "pace" of another machine but the right bits, or is "equal"; ``cycles`` it
    ran, and the ``line`` of the course at which it ended.
    """

    seen: str
    cycles: int
    line: int


class Campaign:
    """Mutants of :data:`~verify.mutation.units.UNITS` in ``folder``, ``share`` of them, drawn by ``seed``."""

    def __init__(self, folder: Path, seed: int = 1, share: float = 1.0) -> None:
        self.folder = folder
        self.netlist = Netlist(Trainer(NETWORK, MACHINE), UNITS, folder, seed, share)
        self.program = compile_program(self.netlist.verilog, MAIN, folder)
        lines = "\n".join(Course().lines)
        self.course = folder / "course"
        self.course.write_text(lines + "\n")
        self.original = self.play(0, 0)[0]
        if self.original.seen != "equal":
            raise ConfigError(f"course: the trainer as it is {self.original.seen} at line {self.original.line}")

    def run(self, jobs: int, seconds: int, progress: Progress) -> list[dict[str, Any]]:
        """One row a mutant: what it is, ``seen`` and, where the course saw nothing, whether it is ``equivalent``."""
        verdicts = self.verdicts(jobs, progress)
        left = [mutant for mutant in self.netlist.mutants if verdicts[mutant.number].seen == "equal"]
        found = self.equivalences(left, jobs, seconds, progress)
        return [
            {
                **mutant.to_dict(),
                "seen": verdicts[mutant.number].seen,
                "line": verdicts[mutant.number].line,
                "equivalent": found.get(mutant.number),
            }
            for mutant in self.netlist.mutants
        ]

    def verdicts(self, jobs: int, progress: Progress) -> dict[int, Verdict]:
        """Of every mutant; those of an interrupted run are kept beside the program."""
        kept = self.program.with_suffix(".json")
        verdicts = {int(k): Verdict(**v) for k, v in json.loads(kept.read_text()).items()} if kept.exists() else {}
        total = len(self.netlist.mutants)
        left = [number for number in range(1, total + 1, BATCH) if number not in verdicts]
        progress("training runs", len(verdicts), total)
        with ThreadPoolExecutor(jobs) as pool:
            batches = pool.map(lambda first: self.play(first, min(first + BATCH - 1, total)), left)
            for first, batch in zip(left, batches, strict=True):
                verdicts |= dict(enumerate(batch, start=first))
                text = json.dumps({number: vars(verdict) for number, verdict in verdicts.items()})
                write_atomically(kept, text.encode())
                progress("training runs", len(verdicts), total)
        return verdicts

    def play(self, first: int, last: int) -> list[Verdict]:
        """Of the mutants ``first`` to ``last``; 0 is the trainer as it is."""
        words = [str(self.program), str(self.course), str(first), str(last)]
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        verdicts = []
        for line in told.splitlines():
            _, seen, cycles, at = line.split()
            if first and seen == "equal" and int(cycles) != self.original.cycles:
                seen = "pace"
            verdicts.append(Verdict(seen, int(cycles), int(at)))
        return verdicts

    def equivalences(
        self, mutants: list[Mutant], jobs: int, seconds: int, progress: Progress
    ) -> dict[int, bool | None]:
        """Of every one of ``mutants``, whether it is equivalent; None where ``seconds`` were too few."""
        by_module = attrgetter("module")
        groups = [list(group) for _, group in groupby(sorted(mutants, key=by_module), key=by_module)]
        found: dict[int, bool | None] = {}
        progress("equivalence", 0, len(mutants))
        with ThreadPoolExecutor(jobs) as pool:
            answers = pool.map(lambda group: equivalent(self.netlist, group, UNITS[group[0].unit], seconds), groups)
            for group, answer in zip(groups, answers, strict=True):
                found |= {mutant.number: value for mutant, value in zip(group, answer, strict=True)}
                progress("equivalence", len(found), len(mutants))
        return found


def tally(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a unit, the last one of all: mutants, how they were seen, equivalent ones, survivors, the share killed.

    ``killed`` counts differences, hangs and other paces; the share is that of mutants not shown to be equivalent.
    """
    table = []
    for unit in (*UNITS, "all"):
        own = [row for row in rows if unit in (row["unit"], "all")]
        seen = {way: sum(row["seen"] == way for row in own) for way in ("differs", "hangs", "pace")}
        same, killed = sum(row["equivalent"] is True for row in own), sum(seen.values())
        counts = {"killed": killed, "equivalent": same, "survived": len(own) - killed - same}
        share = round(killed / max(1, len(own) - same), 4)
        table.append({"unit": unit, "mutants": len(own), **seen, **counts, "share": share})
    return table
