"""``bep bench hw``: measure the training hardware again."""

import argparse
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import add_jobs, at_least, check_file
from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically

NAME = "hw"
HELP = "cycles, clock and size of the training hardware"
WRITES = ("build",)
DESCRIPTION = """\
Training speed of the hardware. Every design is trained in co-simulation, bit for bit beside the golden
model, for its cycles a sample, and placed and routed with several seeds for its clock.

  bep bench hw --mnist mnist:DIR --json benchmarks/hardware.json --plot docs/throughput.png
  bep bench hw --mnist mnist:DIR --only icebreaker-200 --seeds 2

A row that was measured is kept in the folder of builds; after an interruption the same command goes on with the rest.
All rows take some hours.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mnist", metavar="SPEC", default="mnist:data/mnist", help="MNIST (default: mnist:data/mnist)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these rows (default: all)")
    parser.add_argument(
        "--seeds", type=int, default=8, metavar="N", help="placements of a row; at least 1 (default: 8; recurrent: 4)"
    )
    parser.add_argument(
        "--sweep-seeds", type=int, default=2, metavar="N", help="the same where lanes are varied (default: 2)"
    )
    add_jobs(parser)
    parser.add_argument(
        "--build", type=Path, default=Path("build/bench"), metavar="DIR", help="folder of builds (default: build/bench)"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw samples/s against lanes (PNG)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.designs import DESIGNS
    from bep_studies.bench.hardware import measure_all, measure_popcount
    from bep_studies.bench.throughput_plot import throughput_plot

    at_least(args, seeds=1, sweep_seeds=1, jobs=1)
    check_file("plot", args.plot)
    known = [design.name for design in DESIGNS]
    for name in args.only or ():
        if name not in known:
            raise ConfigError(f"only: {name!r} is not known; known are {', '.join(known)}")
    designs = [design for design in DESIGNS if not args.only or design.name in args.only]
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=None)

        def show(design: Any, stage: str, done: int, total: int) -> None:
            progress.update(bar, description=f"{design.name}: {stage}", completed=done, total=total)

        rows = measure_all(designs, args.mnist, args.seeds, args.sweep_seeds, args.jobs, args.build, show)
    args.report.print(_table(rows))
    result = {"rows": rows}
    if not args.only:
        result["popcount"] = measure_popcount()
        args.report.print(_popcount_table(result["popcount"]))
    if args.plot:
        write_atomically(args.plot, throughput_plot(rows))
    return result


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        title="Training hardware",
        caption="busy: whichever engine bounds; MHz: worst placement, and median; ×: cycles of inference",
        box=None,
    )
    table.add_column("")
    for heading in ("samples/s", "cycles", "busy", "MHz", "median", "LUT4", "×"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        cosim, build = row["cosim"], row["build"]
        table.add_row(
            row["name"],
            f"{row['samples_per_second_worst']:,}",
            f"{cosim['cycles_per_sample']:,.0f}",
            f"{cosim['bound_utilisation']:.1%}",
            f"{build['fmax_worst_mhz']:.1f}",
            f"{build['fmax_median_mhz']:.1f}",
            f"{build['lut4']:,}",
            f"{row['cycles_over_inference']:.2f}" if "cycles_over_inference" in row else "",
        )
    return table


def _popcount_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="XNOR-popcount alone")
    for heading in ("device", "bits", "LUT4", "LUT4 a bit"):
        table.add_column(heading, justify="left" if heading == "device" else "right")
    for row in rows:
        table.add_row(row["device"], str(row["lanes"]), str(row["lut4"]), f"{row['lut4_per_bit']:.2f}")
    return table
