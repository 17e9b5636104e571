"""``bep damage``: damaged files for every reader."""

import argparse
from collections import Counter
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import add_jobs, at_least

NAME = "damage"
HELP = "feed damaged files to every command that reads some"
DESCRIPTION = """\
Good files of every format that is read are damaged at random (bytes, lines, cells, arrays inside an intact archive) and
read by a command. Whatever a file holds, the command has to end in time, with exit code 0 or 2, one line that says why
where it refuses, no traceback, no warning of a library, and nothing half written.

  bep damage --count 250                               250 files of each format, some ten minutes of processor time
  bep damage --format ts --seed 1234 --count 1         one of them again

Exit code 1 if a command ends otherwise.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count", type=int, default=25, metavar="N", help="files of each format; at least 1 (default: 25)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="of the first file, then rising; at least 0 (default: 1)"
    )
    parser.add_argument("--format", metavar="NAME", help="one format alone (default: all of them)")
    add_jobs(parser, "files at once")


def run(args: argparse.Namespace) -> dict[str, Any]:
    at_least(args, count=1, seed=0, jobs=1)
    from bep_verify.readers.campaign import attempts, formats

    names = formats(args.format)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("files", total=len(names) * args.count)
        outcomes = attempts(names, args.seed, args.count, args.jobs, lambda: progress.advance(bar))
    failed = [outcome for outcome in outcomes if outcome.failure]
    rows = [{"format": name, **_counts([outcome for outcome in outcomes if outcome.format == name])} for name in names]
    table = Table("format", "files", "refused", "read", "failed")
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("format", "files", "refused", "read", "failed")))
    args.report.print(table)
    for outcome in failed:
        again = f"bep damage --format '{outcome.format}' --seed {outcome.seed} --count 1"
        args.report.print(f"{outcome.line}: {outcome.failure}; again: {again}")
    result = {**_counts(outcomes), "formats": rows, "failures": [outcome.row() for outcome in failed]}
    if failed:
        raise CheckError(f"{len(failed)} of {len(outcomes)} files did not end as they should; see above", result)
    return result


def _counts(outcomes: list[Any]) -> dict[str, int]:
    codes = Counter(outcome.code for outcome in outcomes if not outcome.failure)
    failed = sum(bool(outcome.failure) for outcome in outcomes)
    return {"files": len(outcomes), "refused": codes[2], "read": codes[0], "failed": failed}
