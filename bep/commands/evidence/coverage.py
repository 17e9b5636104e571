"""``bep coverage``: what do the checks reach?"""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.kept import finish
from bep.options import add_jobs, at_least

NAME = "coverage"
HELP = "count which bits toggle and which branches are taken, in hardware and software"
WRITES = ("build",)
DESCRIPTION = """\
Hardware: small machines of every kind learn beside the golden model, over streams that stall, while Verilator counts
which bits toggle and which arms of its ifs and cases are taken. Software: bep_ref, bep_hw and bep_host under their
tests, counted by coverage.py.

  bep coverage --json benchmarks/coverage.json      both
  bep coverage --rtl                                hardware alone

Ctrl-C loses only the machines that are running: the same command goes on.
Exit code 1 if a bit differs, fewer than 95 % of the datapath's bits toggle, or a package takes fewer than 90 % of its
branches.
"""

TOGGLED = 0.95
BRANCHES = 0.9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rtl", action="store_true", help="the hardware alone")
    parser.add_argument("--python", action="store_true", help="the software alone")
    add_jobs(parser, "processes")
    parser.add_argument(
        "--build",
        type=Path,
        default=Path("build/coverage"),
        metavar="DIR",
        help="folder of work (default: build/coverage)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    at_least(args, jobs=1)
    both = args.rtl == args.python
    result: dict[str, Any] = {}
    failures: list[str] = []
    if both or args.rtl:
        result["hardware"] = found = _hardware(args)
        args.report.print(_units(found))
        holes = found["untoggled"] + found["untaken"]
        unexplained = sum(not hole["reason"] for hole in holes)
        args.report.print(f"{len(holes)} holes, {unexplained} not explained yet (--json lists them)", highlight=False)
        failures += [
            f"{row['machine']}: {row['mismatches']} bits differ; first: {row['first_difference']}"
            for row in found["machines"]
            if row["mismatches"]
        ]
        if found["datapath"]["toggled_share"] < TOGGLED:
            failures.append(
                f"{found['datapath']['toggled_share']:.1%} of the datapath's bits toggle; it must be {TOGGLED:.0%}"
            )
    if both or args.python:
        from bep_verify.coverage.software import measure

        result["software"] = measure(args.build, args.jobs)
        args.report.print(_packages(result["software"]["packages"]))
        failures += [
            f"{row['package']} takes {row['share']:.1%} of its branches; it must be {BRANCHES:.0%}"
            for row in result["software"]["packages"]
            if row["share"] < BRANCHES
        ]
    if failures:
        raise CheckError("; ".join(failures), result)
    return result


def _hardware(args: argparse.Namespace) -> dict[str, Any]:
    from bep_sim.tools.verilator import require_tools
    from bep_verify.coverage.hardware import CoverageCourse, measure, merged
    from bep_verify.coverage.machines import MACHINES
    from bep_verify.fuzz import sources

    require_tools("cocotb_tools", "verilator")
    courses = [CoverageCourse(name, sources()) for name in MACHINES]
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("machines", total=len(courses))
        rows = finish(courses, args.build, partial(measure, args.build), args.jobs, lambda: progress.advance(bar))
    return merged(rows)


def _units(found: dict[str, Any]) -> Table:
    table = Table(title=f"Hardware: {len(found['machines'])} machines", title_justify="left")
    table.add_column("unit")
    for name in ("bits", "toggled", "", "branches", "taken", ""):
        table.add_column(name, justify="right")
    for row in found["units"] + [{"unit": "datapath", **found["datapath"]}, {"unit": "all", **found["all"]}]:
        cells = []
        for total, covered, share in (("bits", "toggled", "toggled_share"), ("branches", "taken", "taken_share")):
            cells += [f"{row[total]:,}", f"{row[covered]:,}", f"{row[share]:.1%}"]
        table.add_row(row["unit"], *cells)
    return table


def _packages(rows: list[dict[str, Any]]) -> Table:
    table = Table("package", title="Software", title_justify="left")
    for name in ("lines", "run", "branches", "taken", ""):
        table.add_column(name, justify="right")
    for row in rows:
        counts = (row[name] for name in ("lines", "lines_covered", "branches", "branches_covered"))
        table.add_row(row["package"], *(f"{count:,}" for count in counts), f"{row['share']:.1%}")
    return table
