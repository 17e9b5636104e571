"""``bep bench counters``: accuracy against the width of the counters."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import at_least, check_file
from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically

NAME = "counters"
HELP = "accuracy against the width of the counters"
WRITES = ("build",)
DESCRIPTION = """\
Test accuracy of networks with two hidden layers of 128, by the width of their counters, with batches of 1 and of 100;
the model kept is the best on validation. Initial counters spread over 32 counts, or an eighth of the range of narrower
ones.

  bep bench counters --mnist mnist:DIR --json benchmarks/counters.json --plot docs/counters.png
  bep bench counters --only digits --seeds 3

A run that was measured is kept in the folder of builds; after an interruption the same command goes on with the rest.
"""

DIGITS_EPOCHS = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bep_studies.bench.counter_width import BATCHES, WIDTHS

    parser.add_argument("--mnist", metavar="SPEC", default="mnist:data/mnist", help="MNIST (default: mnist:data/mnist)")
    parser.add_argument("--only", choices=("digits", "mnist"), help="one of both data sets (default: both)")
    parser.add_argument(
        "--widths", type=int, nargs="+", default=WIDTHS, metavar="B", help="2 to 16 bits (default: 4 to 8, 10, 12, 16)"
    )
    parser.add_argument(
        "--batches", type=int, nargs="+", default=BATCHES, metavar="N", help="batch sizes (default: 1 100)"
    )
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="of a run on MNIST (default: 5)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each; at least 1 (default: 3)")
    parser.add_argument(
        "--build",
        type=Path,
        default=Path("build/counters"),
        metavar="DIR",
        help="folder of rows (default: build/counters)",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw accuracy against width (PNG)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.counter_plot import counter_plot
    from bep_studies.bench.counter_width import Run, measure_all, summary

    at_least(args, seeds=1, epochs=1)
    check_file("plot", args.plot)
    for bits in args.widths:
        if not 2 <= bits <= 16:
            raise ConfigError(f"widths: {bits} is out of range; it must be 2 to 16 bits")
    for size in args.batches:
        if size < 1:
            raise ConfigError(f"batches: {size} is out of range; it must be at least 1 sample")
    data = {"digits": ("digits", DIGITS_EPOCHS), "mnist": (args.mnist, args.epochs)}
    runs = [
        Run(spec, bits, batch, epochs, seed)
        for name, (spec, epochs) in data.items()
        if args.only in (None, name)
        for batch in args.batches
        for bits in args.widths
        for seed in range(1, args.seeds + 1)
    ]
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=sum(run.epochs for run in runs))

        def show(run: Run) -> None:
            what = f"{run.spec.partition(':')[0]}, batch {run.batch_size}, {run.counter_bits} bits"
            progress.update(bar, description=what, advance=1)

        cells = summary(measure_all(runs, args.build, show))
    args.report.print(_table(cells))
    if args.plot:
        write_atomically(args.plot, counter_plot(cells))
    return {"rows": cells}


def _table(cells: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Test accuracy by counter width")
    for heading in ("data", "batch", "bits", "mean", "least to most"):
        table.add_column(heading, justify="left" if heading == "data" else "right")
    for cell in cells:
        found = cell["test_accuracy"]
        table.add_row(
            cell["data"].partition(":")[0],
            str(cell["batch_size"]),
            str(cell["counter_bits"]),
            f"{found['mean']:.1%}",
            f"{found['min']:.1%} to {found['max']:.1%}",
        )
    return table
