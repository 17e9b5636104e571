"""``bep bench boards``: one trainer on every board."""

import argparse
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import add_jobs, at_least
from bep_boards.registry import NAMES, find

NAME = "boards"
HELP = "the trainer of digits on every board"
WRITES = ("build",)
DESCRIPTION = """\
Build the trainer of 192-128-128-10 for every board, as wide as its chip likes, to a bitstream: what it takes and how
fast it is. A board that is too small says what it lacks.

  bep bench boards --json benchmarks/boards.json
  bep bench boards --only icebreaker ulx3s_12f --seeds 4

A row that was measured is kept in the folder of builds, beside its bitstream; after an interruption the same command
goes on with the rest.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"these of {', '.join(NAMES)} (default: all)")
    parser.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="placements of a board; at least 1 (default: 1)"
    )
    add_jobs(parser)
    parser.add_argument(
        "--build",
        type=Path,
        default=Path("build/boards"),
        metavar="DIR",
        help="folder of builds (default: build/boards)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_boards.flow.reference import FIGURES, figures
    from bep_studies.bench.boards import DIGITS, measure_all

    at_least(args, seeds=1, jobs=1)
    names = [find(name).name for name in args.only or NAMES]
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=None)

        def show(name: str, stage: str, done: int, total: int) -> None:
            progress.update(bar, description=f"{name}: {stage}", completed=done, total=total)

        rows = measure_all(names, range(1, args.seeds + 1), args.jobs, args.build, show)
    table = Table(*FIGURES, title=f"{DIGITS} on every board")
    for row in rows:
        table.add_row(*figures(row))
    args.report.print(table)
    return {"rows": rows}
