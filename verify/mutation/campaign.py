"""All mutants through the course, several at once, and what is left through the search for a difference."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count, groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from bep_hw.trainer import Trainer
from bep_ref.atomic import write_atomically
from boards.tools import run_all
from verify.mutation.course import MACHINE, NETWORK, Course
from verify.mutation.equivalence import Miter
from verify.mutation.netlist import Mutant, Netlist, choose
from verify.mutation.player import ALWAYS, Player, Verdict
from verify.mutation.units import UNITS

BATCH = 20
"""Mutants that one process plays, after which results are kept."""

Progress = Callable[[str, int, int], None]
"""Told a stage, how much of it is done, and of how much."""


class Campaign:
    """Mutants of :data:`~verify.mutation.units.UNITS` in ``folder``, ``share`` of them, drawn by ``seed``.

    A mutant with the right bits in another number of cycles is ``seen`` by its "pace".
    """

    def __init__(self, folder: Path, seed: int = 1, share: float = 1.0) -> None:
        drawn = partial(choose, units=UNITS, seed=seed, share=share)
        self.netlist = Netlist(Trainer(NETWORK, MACHINE), drawn, folder)
        self.player = Player(self.netlist, Course().all_rounds())

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
        kept = self.kept
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

    @property
    def kept(self) -> Path:
        """Results of an interrupted run."""
        return self.netlist.folder / f"{self.player.name}.json"

    def play(self, first: int, last: int) -> list[Verdict]:
        """Of the mutants ``first`` to ``last``, where their course ended."""
        ends = [sections[-1] for sections in self.player.play([(number, *ALWAYS) for number in range(first, last + 1)])]
        right = self.player.original[-1].cycles
        return [replace(end, seen="pace") if end.seen == "equal" and end.cycles != right else end for end in ends]

    def equivalences(
        self, mutants: list[Mutant], jobs: int, seconds: int, progress: Progress
    ) -> dict[int, bool | None]:
        """Of every one of ``mutants``, whether it is equivalent; None where ``seconds`` were too few."""
        by_module = attrgetter("module")
        groups = [list(group) for _, group in groupby(sorted(mutants, key=by_module), key=by_module)]
        miters = [Miter(self.netlist, group, UNITS[group[0].unit]) for group in groups]
        progress("modules searched for differences", 0, len(miters))
        ended = count(1)
        run_all(
            (miter.task(seconds) for miter in miters),
            jobs,
            lambda _: progress("modules searched for differences", next(ended), len(miters)),
        )
        return {number: answer for miter in miters for number, answer in miter.equivalent().items()}


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
