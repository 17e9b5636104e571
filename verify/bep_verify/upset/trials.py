"""Flip-flops of the trainer's netlist that flip once, in the middle of learning.

A fault that inverts what a flip-flop takes, present in one cycle only, is an upset of that flip-flop. What becomes of
the machine shows in three rounds of learning beside the golden model: the one that is hit, another one loaded without a
reset, and a third behind RESET, the command of the link that resets the trainer.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bep_hw.trainer import Trainer
from bep_verify.mutation.course import MACHINE, NETWORK, MutantCourse
from bep_verify.mutation.netlist import PREPARE, TOP, Mutant, Netlist
from bep_verify.mutation.player import Player, Verdict

FLIP_FLOPS = PREPARE.replace("write_rtlil", "dffunmap\nwrite_rtlil", 1)
"""Plain flip-flops: one that keeps its value takes it anew in every cycle."""
HIT, NEXT, BEHIND_RESET = slice(1, 3), slice(3, 6), slice(7, 10)
"""Sections of the course: a round's are loading, learning and reading back."""

OUTCOMES = {
    "masked": "no bit differs",
    "healed": "something differs; loaded anew, all is right",
    "hangs": "nothing comes any more: the host's time limit tells; RESET heals",
    "silent": "still wrong when loaded anew, and nobody is told; RESET heals",
    "lost": "RESET does not heal",
}
"""What may become of the machine."""


def flip_flops(modules: Mapping[str, Any], seed: int, others: int) -> list[Mutant]:
    """Every bit of every state machine of the trainer, and ``others`` of its other flip-flops, drawn by ``seed``."""
    states: list[tuple[Any, ...]] = []
    rest: list[tuple[Any, ...]] = []
    for module, contents in sorted(modules.items()):
        names = {bit: name for name, net in sorted(contents["netnames"].items()) for bit in net["bits"]}
        machine = {bit for name, net in contents["netnames"].items() if "fsm_state" in name for bit in net["bits"]}
        for cell, found in sorted(contents["cells"].items()):
            if found["type"] == "$dff":
                for bit, output in enumerate(found["connections"]["Q"]):
                    unit = "state machine" if output in machine else "other"
                    fault = (unit, module, cell, f"{module.removeprefix(f'{TOP}.')}.{names[output]}", "D", bit, "inv")
                    (states if output in machine else rest).append(fault)
    random = np.random.default_rng(seed)
    chosen = [rest[index] for index in random.permutation(len(rest))[:others]]
    return [Mutant(number, *fault) for number, fault in enumerate([*states, *chosen], start=1)]


def course() -> list[str]:
    course = MutantCourse(seed=2)
    return [*course.round(0), "section 0", *course.round(1), "section 0", "reset 0", "section 0", *course.round(2)]


def outcome(sections: Sequence[Verdict]) -> str:
    """Which of `OUTCOMES`."""

    def right(part: slice) -> bool:
        return all(section.seen == "equal" for section in sections[part])

    if not right(BEHIND_RESET):
        return "lost"
    if any(section.seen == "hangs" for section in sections):
        return "hangs"
    if not right(NEXT):
        return "silent"
    return "masked" if right(HIT) else "healed"


def trials(
    folder: Path, others: int, times: int, seed: int, progress: Callable[[int, int], Any]
) -> list[dict[str, Any]]:
    """One row an upset: flip-flop, cycle, outcome. Every flip-flop chosen is hit ``times`` times while it learns."""
    netlist = Netlist(
        Trainer(NETWORK, MACHINE), partial(flip_flops, seed=seed, others=others), folder, preparation=FLIP_FLOPS
    )
    player = Player(netlist, course())
    first, last = player.original[0].cycles, player.original[1].cycles
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for done, flip_flop in enumerate(netlist.mutants):
        progress(done, len(netlist.mutants))
        cycles = [int(cycle) for cycle in random.integers(first, last, times)]
        runs = player.play([(flip_flop.number, cycle, cycle + 1) for cycle in cycles])
        for cycle, sections in zip(cycles, runs, strict=True):
            place = {"kind": flip_flop.unit, "flip_flop": f"{flip_flop.type}[{flip_flop.bit}]", "cycle": cycle - first}
            rows.append({**place, "outcome": outcome(sections)})
    progress(len(netlist.mutants), len(netlist.mutants))
    return rows


def tally(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes of state machines' flip-flops and of others."""
    table = []
    for kind in dict.fromkeys(row["kind"] for row in rows):
        counts = Counter(row["outcome"] for row in rows if row["kind"] == kind)
        table.append({"kind": kind, "upsets": counts.total(), **{name: counts[name] for name in OUTCOMES}})
    return table
