"""``bep bench export``: exported networks classify whole test sets as the golden model does."""

import argparse
from typing import Any

from bep.command import CheckError
from bep.console import Table
from bep_ref.config import ConfigError

NAME = "export"
HELP = "exported networks beside the golden model"
DESCRIPTION = """\
Train a network on each data set, export it, and compare every score and every prediction of the whole test set: QONNX
executed by qonnx, C compiled with all warnings as errors, and both file formats imported again. Exit
code 1 if any differs.

  bep bench export --data digits mnist:data/mnist --json benchmarks/export.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", nargs="+", metavar="SPEC", default=["digits"], help="data sets, see bep train (default: digits)"
    )
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="epochs of training (default: 5)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep.options import HIDDEN
    from bep_ref.datasets import load
    from bep_ref.runs.evaluate import accuracy
    from bep_ref.runs.task import prepare
    from bep_ref.runs.train import Trainer
    from bep_studies.bench.export import compare, differences

    rows: list[dict[str, Any]] = []
    for spec in args.data:
        dataset = load(spec)
        if dataset.sequential:
            raise ConfigError(f"data: {spec} holds sequences; only perceptrons are exported so far")
        with args.progress.status(f"{spec}: training"):
            trainer = Trainer(prepare(dataset, {"hidden": HIDDEN, "epochs": args.epochs}))
            trainer.run()
        model, test = trainer.model, trainer.task.test
        about = {
            "data": spec.partition(":")[0],
            "network": str(model.network),
            "test_accuracy": accuracy(model.net(), test.x, test.y),
        }
        with args.progress.status(f"{spec}: comparing"):
            rows += [{**about, **row} for row in compare(model, dataset.x_test)]
    args.report.print(_table(rows))
    result = {"rows": rows}
    if number := differences(rows):
        raise CheckError(f"{number} scores and predictions differ", result)
    return result


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Exported networks beside the golden model")
    for heading in ("data", "format", "test samples", "scores different", "predictions different"):
        table.add_column(heading, justify="left" if heading in ("data", "format") else "right")
    for row in rows:
        table.add_row(
            row["data"],
            row["what"],
            f"{row['samples']:,}",
            str(row["scores_different"]),
            str(row["predictions_different"]),
        )
    return table
