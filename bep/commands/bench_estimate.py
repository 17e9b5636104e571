"""``bep bench estimate``: what the estimator rests on, and how far it is off."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.table import Table

from bep.console import progress_bar
from bep_ref.atomic import write_atomically

NAME = "estimate"
HELP = "fit the estimator to synthesised boards, and compare it with measured ones"
DESCRIPTION = """\
Synthesise some twenty boards, fit what bep estimate knows of LUTs and flip-flops to them, and compare its figures with
boards that were measured.

  bep bench estimate --measured benchmarks/hardware.json benchmarks/boards.json --json benchmarks/estimate.json

Boards that were synthesised are kept in the folder of builds. All of them take half an hour.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--measured",
        nargs="+",
        type=Path,
        metavar="FILE",
        default=[Path("benchmarks/hardware.json")],
        help="what bep bench hw and bep bench boards wrote (default: benchmarks/hardware.json)",
    )
    parser.add_argument(
        "--coefficients",
        type=Path,
        metavar="FILE",
        default=Path("bep_estimate/coefficients.json"),
        help="file to write what was fitted to (default: bep_estimate/coefficients.json)",
    )
    parser.add_argument(
        "--build",
        type=Path,
        default=Path("build/estimate"),
        metavar="DIR",
        help="folder of builds (default: build/estimate)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep.bench.estimate import coefficients, compare, fit_errors, read_measured, synthesise_all, worst

    measured = read_measured(args.measured)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=None)
        footprints = synthesise_all(
            args.build, lambda name, done, total: progress.update(bar, description=name, completed=done, total=total)
        )
    found = coefficients(footprints, measured)
    rows = [compare(row, found) for row in measured]
    found["worst_error"] = worst(rows)
    write_atomically(args.coefficients, (json.dumps(found, indent=2) + "\n").encode())
    errors = fit_errors(footprints, found)
    args.report.print(_table(rows))
    for kind, values in errors.items():
        args.report.print(
            f"{kind} at the {len(values)} boards they were fitted to: {max(map(abs, values)):.1%} off at most"
        )
    return {"rows": rows, "worst_error": found["worst_error"], "footprints": footprints, "fit_errors": errors}


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Estimates beside measured boards")
    names = ("lut4", "ff", "cycles_per_sample", "fmax_mhz")
    for heading in ("", "memories", "LUT4", "flip-flops", "cycles a sample", "clock MHz"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        memories = row["memories"]
        exact = "exact" if memories["estimate"] == memories["measured"] else "WRONG"
        table.add_row(row["name"], exact, *(_cell(row.get(name)) for name in names))
    return table


def _cell(figure: dict[str, float] | None) -> str:
    return f"{figure['estimate']:,.0f} ({figure['error']:+.1%})" if figure else "-"
