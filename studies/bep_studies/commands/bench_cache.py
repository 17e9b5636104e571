"""``bep bench cache``: epochs that a simulated board learns by itself."""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import at_least

NAME = "cache"
HELP = "epochs from a board's cache: their bits, and their speed beside that of streamed samples"
WRITES = ("build",)
DESCRIPTION = """\
A simulated iCEBreaker holds all training digits and learns them by itself, beside the golden model; its cycles a sample
stand beside those of a co-simulation that is never short of samples. Exit code 1 if a bit differs.

  bep bench cache --json benchmarks/cache.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="epochs; at least 1 (default: 5)")
    parser.add_argument(
        "--build", type=Path, default=Path("build/cache"), metavar="DIR", help="folder of builds (default: build/cache)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.cache import measure

    at_least(args, epochs=1)
    with progress_bar(args.progress) as progress:
        bars: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done, total=total)

        result = measure(args.epochs, args.build, show)
    table = Table(show_header=False, title=f"{result['network']} from the cache")
    for name, value in result.items():
        if isinstance(value, int | float):
            table.add_row(name.replace("_", " "), f"{value:,}")
    args.report.print(table)
    if result["mismatches"] or result["streamed_mismatches"]:
        raise CheckError(f"mismatches: {result['mismatches'] or result['streamed_mismatches']}; it must be 0", result)
    return result
