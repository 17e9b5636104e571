"""``bep bench estimate``: what the estimator rests on, and how far it is off."""

import argparse
import json
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import check_file
from bep_ref.files.atomic import write_atomically

NAME = "estimate"
MEASURED = (Path("benchmarks/hardware.json"), Path("benchmarks/boards.json"))
HELP = "fit the estimator to synthesised boards, and compare it with measured ones"
WRITES = ("build",)
DESCRIPTION = """\
Synthesise some twenty boards, fit what bep estimate knows of LUTs and flip-flops to them, and compare its figures with
boards that were measured.

  bep bench estimate --json benchmarks/estimate.json --page docs/estimate.md

Boards that were synthesised are kept in the folder of builds: where only measurements are new, the same command fits
again at once. All of them take half an hour.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--measured",
        nargs="+",
        type=Path,
        metavar="FILE",
        default=list(MEASURED),
        help=f"what bep bench hw and bep bench boards wrote (default: {' '.join(map(str, MEASURED))})",
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

    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="write the table of errors into this page, such as docs/estimate.md"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.estimate import coefficients, compare, fit_errors, read_measured, worst
    from bep_studies.bench.estimate_page import table, with_table
    from bep_studies.bench.footprints import synthesise_all

    check_file("page", args.page)
    measured = read_measured(args.measured)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=None)
        footprints = synthesise_all(
            args.build, lambda name, done, total: progress.update(bar, description=name, completed=done, total=total)
        )
    found = coefficients(footprints, measured)
    rows = [compare(row, found) for row in measured]
    found["worst_error"] = worst(rows)
    if args.page:
        page = with_table(args.page.read_text(), table(rows, found["worst_error"]))
        write_atomically(args.page, page.encode())
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
    names = ("lut4", "ff", "logic_cells", "cycles_per_sample", "fmax_mhz")
    for heading in ("", "memories", "fits", "LUT4", "flip-flops", "logic cells", "cycles a sample", "clock MHz"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        told = (
            "exact" if row[name]["estimate"] == row[name]["measured"] else "WRONG" for name in ("memories", "lacks")
        )
        table.add_row(row["name"], *told, *(_cell(row.get(name)) for name in names))
    return table


def _cell(figure: dict[str, float] | None) -> str:
    return f"{figure['estimate']:,.0f} ({figure['error']:+.1%})" if figure else "-"
