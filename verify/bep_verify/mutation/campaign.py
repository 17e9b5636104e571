"""All mutants through the course, several at once, and what is left through the search for a difference."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count, groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from bep_boards.flow.tools import run_all
from bep_hw.trainer import Trainer
from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically
from bep_sim.tools.verilator import SimulatorError
from bep_verify.mutation.course import MACHINE, NETWORK, MutantCourse
from bep_verify.mutation.equivalence import Miter
from bep_verify.mutation.netlist import Mutant, Netlist, choose
from bep_verify.mutation.place import described
from bep_verify.mutation.player import ALWAYS, Player, Verdict
from bep_verify.mutation.survivors import reason
from bep_verify.mutation.units import UNITS
from bep_verify.mutation.watch import watch

BATCH = 20
"""Mutants that one process plays, after which results are kept."""
CONTROLS = 3
"""Killed mutants of a unit that must not come out equivalent."""
WAYS = ("differs", "hangs", "pace")
"""To be killed."""

Progress = Callable[[str, int, int], None]
"""Told a stage, how much of it is done, and of how much."""


class Campaign:
    """Mutants of `UNITS` in ``folder``, ``share`` of them, drawn by ``seed``.

    A mutant with the right bits in another number of cycles is ``seen`` by its "pace".
    """

    def __init__(self, folder: Path, seed: int = 1, share: float = 1.0) -> None:
        drawn = partial(choose, units=UNITS, seed=seed, share=share)
        self.netlist = Netlist(Trainer(NETWORK, MACHINE), drawn, folder)
        self.course = MutantCourse().all_rounds()
        self.player = Player(self.netlist, self.course)

    def chosen(self, units: Sequence[str] = (), numbers: Sequence[int] = ()) -> list[Mutant]:
        """Mutants of ``units`` and those with ``numbers``; all where neither is given."""
        mutants = self.netlist.mutants
        for unit in units:
            if unit not in UNITS:
                raise ConfigError(f"unit: {unit!r} is unknown; it must be {', '.join(UNITS)}")
        for number in numbers:
            if not 0 < number <= len(mutants):
                raise ConfigError(f"mutant: {number} is out of range; it must be 1 to {len(mutants)}")
        return [m for m in mutants if m.unit in units or m.number in numbers or not (units or numbers)]

    def run(self, mutants: Sequence[Mutant], jobs: int, seconds: int, progress: Progress) -> list[dict[str, Any]]:
        """One row a mutant: what it is, ``seen``, where the course saw nothing, whether it is ``equivalent``, and
        where it survived, the ``reason`` if it is known.
        """
        verdicts = self.verdicts(mutants, jobs, progress)
        left = [mutant for mutant in mutants if verdicts[mutant.number].seen == "equal"]
        found = self.equivalences(left, _controls(mutants, verdicts), jobs, seconds, progress) if left else {}
        rows: list[dict[str, Any]] = [
            {
                **mutant.to_dict(),
                "place": described(self.netlist.modules, mutant),
                "seen": verdicts[mutant.number].seen,
                "line": verdicts[mutant.number].line,
                "equivalent": found.get(mutant.number),
            }
            for mutant in mutants
        ]
        return [{**row, "reason": reason(row["unit"], row["place"]) if fate(row) == "survived" else ""} for row in rows]

    def verdicts(self, mutants: Sequence[Mutant], jobs: int, progress: Progress) -> dict[int, Verdict]:
        """Of every one of ``mutants``; those of an interrupted run are kept beside the program."""
        kept = self.kept
        verdicts = {int(k): Verdict(**v) for k, v in json.loads(kept.read_text()).items()} if kept.exists() else {}
        left = [mutant.number for mutant in mutants if mutant.number not in verdicts]
        batches = [left[start : start + BATCH] for start in range(0, len(left), BATCH)]
        done = len(mutants) - len(left)
        progress("training runs", done, len(mutants))
        with ThreadPoolExecutor(jobs) as pool:
            for numbers, batch in zip(batches, pool.map(self.play, batches), strict=True):
                verdicts |= dict(zip(numbers, batch, strict=True))
                text = json.dumps({number: vars(verdict) for number, verdict in verdicts.items()})
                write_atomically(kept, text.encode())
                done += len(batch)
                progress("training runs", done, len(mutants))
        return verdicts

    @property
    def kept(self) -> Path:
        """Results of an interrupted run."""
        return self.netlist.folder / f"{self.player.name}.json"

    def play(self, numbers: Sequence[int]) -> list[Verdict]:
        """Of the mutants with ``numbers``, where their course ended."""
        ends = [sections[-1] for sections in self.player.play([(number, *ALWAYS) for number in numbers])]
        right = self.player.original[-1].cycles
        return [replace(end, seen="pace") if end.seen == "equal" and end.cycles != right else end for end in ends]

    def equivalences(
        self, mutants: Sequence[Mutant], controls: Sequence[Mutant], jobs: int, seconds: int, progress: Progress
    ) -> dict[int, bool | None]:
        """Of every one of ``mutants``, whether it is equivalent; None where ``seconds`` were too few.

        Raises `SimulatorError` if the trainer breaks a promise of its units, or if by these one
        of ``controls``, which are killed, could not be.
        """
        progress("promises watched", 0, 1)
        watch(self.netlist.folder / "watched", self.course, UNITS)
        by_module = attrgetter("module")
        searched = sorted([*mutants, *controls], key=by_module)
        groups = [list(group) for _, group in groupby(searched, key=by_module)]
        miters = [Miter(self.netlist, group, UNITS[group[0].unit]) for group in groups]
        progress("modules searched for differences", 0, len(miters))
        ended = count(1)
        run_all(
            (miter.task(seconds) for miter in miters),
            jobs,
            lambda _: progress("modules searched for differences", next(ended), len(miters)),
        )
        found = {number: answer for miter in miters for number, answer in miter.equivalent().items()}
        for control in controls:
            if found.pop(control.number):
                raise SimulatorError(f"mutant {control.number} is killed, but the promises of {control.unit} hide it")
        return found


def _controls(mutants: Sequence[Mutant], verdicts: Mapping[int, Verdict]) -> list[Mutant]:
    """Of every unit some that are killed."""
    killed = [mutant for mutant in mutants if verdicts[mutant.number].seen != "equal"]
    units = groupby(sorted(killed, key=attrgetter("unit")), key=attrgetter("unit"))
    return [mutant for _, unit in units for mutant in [*unit][:CONTROLS]]


def fate(row: dict[str, Any]) -> str:
    """What became of a mutant: how it was killed, "equivalent" or "survived"."""
    if row["seen"] != "equal":
        return str(row["seen"])
    return "equivalent" if row["equivalent"] else "survived"


def tally(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a unit, the last one of all: mutants, how they were seen, equivalent ones, survivors, the share killed.

    ``killed`` counts differences, hangs and other paces; the share is that of mutants not shown to be equivalent.
    """
    table = []
    for unit in (*dict.fromkeys(row["unit"] for row in rows), "all"):
        fates = Counter(fate(row) for row in rows if unit in (row["unit"], "all"))
        seen = {way: fates[way] for way in WAYS}
        counts = {"killed": sum(seen.values()), "equivalent": fates["equivalent"], "survived": fates["survived"]}
        share = round(counts["killed"] / max(1, counts["killed"] + counts["survived"]), 4)
        table.append({"unit": unit, "mutants": fates.total(), **seen, **counts, "share": share})
    return table
