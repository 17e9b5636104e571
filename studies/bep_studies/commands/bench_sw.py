"""``bep bench sw``: measure training in software, beside other ways to train such a network."""

import argparse
from collections.abc import Sequence
from typing import Any

from bep.console import Table, progress_bar
from bep.options import at_least
from bep_ref.config import ConfigError
from bep_ref.distribution import how_to_install, installed_version

NAME = "sw"
HELP = "speed, memory and accuracy of training in software"
DESCRIPTION = f"""\
Training speed of the packed engine and of the same algorithm in NumPy with BLAS, for a perceptron and for a window
network; of a binary network trained by PyTorch, and of a Tsetlin machine: by turns, each in a process of its own on one
thread, once per round; round n has seed n. Seconds are the processor's.

  bep bench sw --mnist mnist:DIR --json benchmarks/software.json
  bep bench sw --mnist mnist:DIR --only packed helped_numpy --rounds 5

PyTorch and tmu come with

  {how_to_install("torch")}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mnist", metavar="SPEC", default="mnist:data/mnist", help="MNIST (default: mnist:data/mnist)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these contenders (default: all)")
    parser.add_argument("--epochs", type=int, default=15, metavar="N", help="of a turn; at least 1 (default: 15)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="turns of each; at least 1 (default: 3)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_ref.datasets import load
    from bep_studies.bench.software.contender import CONTENDERS
    from bep_studies.bench.software.rounds import machine, measure_all

    at_least(args, epochs=1, rounds=1)
    names = list(args.only or CONTENDERS)
    for name in names:
        if name not in CONTENDERS:
            raise ConfigError(f"only: {name!r} is not known; known are {', '.join(CONTENDERS)}")
        for package in CONTENDERS[name].packages:
            if installed_version(package) is None:
                raise ConfigError(f"{name}: needs {package}: {how_to_install(package)}, or leave it out by --only")
    load(args.mnist)  # what is wrong with it is said before anything is measured
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("", total=len(names) * args.rounds)
        rows = measure_all(
            names,
            args.mnist,
            args.epochs,
            args.rounds,
            lambda name, done: progress.update(bar, description=name, completed=done),
        )
    args.report.print(_table(rows))
    return {"machine": machine(), "epochs": args.epochs, "rounds": args.rounds, "rows": rows}


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Training in software, medians of the rounds, one thread")
    for heading in ("", "samples/s", "least to most", "accuracy", "peak MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        speed, accuracy, memory = (row[key] for key in ("samples_per_second", "test_accuracy", "peak_memory_mb"))
        table.add_row(
            row["title"],
            f"{speed['median']:,.0f}",
            f"{speed['min']:,.0f} to {speed['max']:,.0f}",
            f"{accuracy['median']:.1%}",
            f"{memory['median']:,.0f}",
        )
    return table
