"""``bep mutate``: would the tests see a fault?"""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import add_jobs, at_least
from bep_ref.config import ConfigError

NAME = "mutate"
HELP = "plant faults in the hardware's netlist and see that co-simulation finds them"
WRITES = ("build",)
DESCRIPTION = """\
Mutants: a trainer's netlist with one bit of one cell inverted or stuck. Each learns beside the golden model, and is
killed if any bit, or the number of cycles, is another. Those that survive are compared with the unit as it is: mutants
that no inputs can tell from it are equivalent. Behind a survivor stands why, where it is known. One compilation holds
all mutants; an interrupted run goes on.

  bep mutate --json benchmarks/mutants.json         some 900 mutants in some twenty minutes
  bep mutate --share 0.1 --seed 7                   a tenth as many, others
  bep mutate --unit decision                        those of a unit, and of each what became of it
  bep mutate --mutant 17 421                        the same of mutants by their numbers

Exit code 1 if fewer than 95 % of the mutants that are not equivalent are killed.
"""

BAR = 0.95


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="draws the mutants; at least 0 (default: 1)")
    parser.add_argument(
        "--share", type=float, default=1.0, metavar="F", help="of all mutants; above 0, at most 10 (default: 1)"
    )
    parser.add_argument("--unit", nargs="+", default=[], metavar="NAME", help="only mutants of these units")
    parser.add_argument("--mutant", nargs="+", type=int, default=[], metavar="N", help="only those with these numbers")
    add_jobs(parser, "runs at once")
    parser.add_argument(
        "--seconds", type=int, default=40, metavar="S", help="for one proof of equivalence; at least 1 (default: 40)"
    )
    parser.add_argument(
        "--build",
        type=Path,
        default=Path("build/mutants"),
        metavar="DIR",
        help="folder of work (default: build/mutants)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_verify.mutation.campaign import Campaign, fate, tally

    at_least(args, seed=0, jobs=1, seconds=1)
    if not 0 < args.share <= 10:
        raise ConfigError(f"share: {args.share} is out of range; it must be above 0 and at most 10")
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("netlist and compilation", total=None)
        campaign = Campaign(args.build, args.seed, args.share)
        rows = campaign.run(
            campaign.chosen(args.unit, args.mutant),
            args.jobs,
            args.seconds,
            lambda stage, done, total: progress.update(bar, description=stage, completed=done, total=total),
        )
    units = tally(rows)
    args.report.print(_table(units))
    some = args.unit or args.mutant
    for row in rows:
        if some or fate(row) == "survived":
            why = f" ({row['reason']})" if row["reason"] else ""
            args.report.print(f"{row['number']} {fate(row)}: {row['place']}{why}", highlight=False)
    whole = units[-1]
    result = {"seed": args.seed, "cycles": campaign.player.original[-1].cycles, "units": units, "mutants": rows}
    line = f"{whole['killed']} of {whole['mutants'] - whole['equivalent']} mutants killed that are not equivalent"
    args.report.print(line, highlight=False)
    if whole["share"] < BAR and not some:
        raise CheckError(f"{line}: {whole['share']:.1%}; it must be at least {BAR:.0%}", result)
    return result


def _table(units: list[dict[str, Any]]) -> Table:
    table = Table("unit", title="Mutants", title_justify="left")
    columns = ("mutants", "differs", "hangs", "pace", "killed", "equivalent", "survived")
    for name in (*columns, "share"):
        table.add_column(name, justify="right")
    for unit in units:
        table.add_row(unit["unit"], *(f"{unit[name]}" for name in columns), f"{unit['share']:.1%}")
    return table
