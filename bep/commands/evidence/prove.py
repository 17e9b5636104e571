"""``bep prove``: what can never happen in the hardware."""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar, styled
from bep.options import add_jobs, at_least
from bep_ref.config import ConfigError

NAME = "prove"
HELP = "prove what must always hold in the hardware"
WRITES = ("build",)
DESCRIPTION = """\
Proofs of the hardware's units, for any inputs and runs of any length: counters never wrap, streams lose nothing, only
whole frames act. Beside what holds always stands what has to be possible, so that no proof is empty.

  bep prove                              all of them, a minute or two
  bep prove WinnerScan Deframer
  bep prove --list

Exit code 1 if a property does not hold or could not be decided in time.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("units", nargs="*", metavar="UNIT", help="these only (default: all)")
    parser.add_argument("--list", action="store_true", help="name the units and stop")
    add_jobs(parser, "proofs at once")
    parser.add_argument(
        "--seconds", type=int, default=120, metavar="S", help="for one property; at least 1 (default: 120)"
    )
    parser.add_argument(
        "--build", type=Path, default=Path("build/proofs"), metavar="DIR", help="folder of work (default: build/proofs)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_verify.claims import PROOFS
    from bep_verify.proofs import prove

    at_least(args, jobs=1, seconds=1)
    for unit in args.units:
        if unit not in PROOFS:
            raise ConfigError(f"unit: {unit!r} is not known; bep prove --list names them")
    if args.list:
        for unit in PROOFS:
            args.report.print(unit, highlight=False)
        return {"units": list(PROOFS)}
    units = args.units or list(PROOFS)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("proofs", total=len(units))
        rows = prove(units, args.build, args.jobs, args.seconds, lambda _: progress.advance(bar))
    args.report.print(_table(rows))
    claims = [row for row in rows if row["kind"] == "always"]
    proven = sum(row["holds"] is True for row in claims)
    result = {"proven": proven, "claimed": len(claims), "units": len(units), "properties": rows}
    args.report.print(f"{proven} of {len(claims)} claims on {len(units)} units proven", highlight=False)
    for row in rows:
        if row["holds"] is not True:
            how = "is not decided" if row["holds"] is None else "does not hold"
            raise CheckError(f"{row['unit']}: {row['property']}: {how}", result)
    return result


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("unit", "", "property", "", title="Proofs", title_justify="left")
    shown = ""
    for row in rows:
        proven = "proven" if row["kind"] == "always" else "shown"
        mark = {True: proven, False: styled("NO", "red"), None: styled("?", "red")}
        table.add_row(row["unit"] if row["unit"] != shown else "", row["kind"], row["property"], mark[row["holds"]])
        shown = row["unit"]
    return table
