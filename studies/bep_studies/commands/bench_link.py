"""``bep bench link``: damage every frame on its way to a simulated board."""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import at_least

NAME = "link"
HELP = "damaged frames, and what comes of them: nothing"
DESCRIPTION = """\
Every kind of damage to frames at every position, noise, repetitions and disconnections, while a simulated board trains
beside the golden model. Exit code 1 if anything but whole frames acted, each once.

  bep bench link --json benchmarks/link.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--frames", type=int, default=10_000, metavar="N", help="damaged frames; at least 1 (default: 10000)"
    )
    parser.add_argument(
        "--build", type=Path, default=Path("build/board"), metavar="DIR", help="folder of builds (default: build/board)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.link import torture_simulated

    at_least(args, frames=1)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("damaged frames", total=args.frames)
        result = torture_simulated(
            args.frames, args.build, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    table = Table(show_header=False, title="Damaged frames")
    for name, value in result.items():
        if isinstance(value, int):
            table.add_row(name.replace("_", " "), f"{value:,}")
    args.report.print(table)
    failures = [name for name in ("undetected", "wrong_replies", "mismatches", "bytes_lost") if result[name]]
    if failures:
        raise CheckError(f"{failures[0]}: {result[failures[0]]}; it must be 0", result)
    return result
