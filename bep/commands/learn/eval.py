"""``bep eval``: measure a model on data."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from bep.options import add_data
from bep_ref.config import ConfigError, RecurrentNetwork
from bep_ref.datasets import Dataset, load
from bep_ref.runs.evaluate import confusion
from bep_ref.runs.model import Model

NAME = "eval"
HELP = "measure a trained network on data"
DESCRIPTION = """\
Accuracy and confusion matrix of a model on the test part of a data set, binarised as in training.

  bep eval run/model.npz --data digits

Rows of the confusion matrix are true classes, columns predicted ones. A table of new samples, none of which was
trained on, is measured whole with --part all.
"""

PARTS = ("test", "train", "all")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help="model file written by bep train")
    add_data(parser)
    parser.add_argument("--part", choices=PARTS, default="test", help="which samples to measure (default: test)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    model = Model.load(args.model)
    dataset = load(args.data)
    if dataset.sequential != isinstance(model.network, RecurrentNetwork):
        needed, held = ("sequences", "none") if not dataset.sequential else ("no sequences", "them")
        raise ConfigError(f"data: the model needs {needed}; {dataset.spec} holds {held}")
    if dataset.features != model.binariser.features:
        raise ConfigError(
            f"data: {dataset.spec} has {dataset.features} features; the model needs {model.binariser.features}"
        )
    parts = ("train", "test") if args.part == "all" else (args.part,)
    matrix = np.sum([_confusion(dataset, part, model) for part in parts], axis=0)
    accuracy = float(np.trace(matrix) / matrix.sum())
    args.report.print(_table(matrix, model.class_names))
    args.report.print(f"accuracy {accuracy:.2%}: {np.trace(matrix)} of {matrix.sum()} samples ({args.part} part)")
    return {
        "model": str(args.model),
        "data": dataset.spec,
        "part": args.part,
        "samples": int(matrix.sum()),
        "accuracy": accuracy,
        "classes": list(model.class_names),
        "confusion": matrix.tolist(),
    }


def _confusion(dataset: Dataset, part: str, model: Model) -> NDArray[np.int64]:
    """Confusion matrix of one ``part``, the classes numbered as in the model."""
    number = {name: index for index, name in enumerate(model.class_names)}
    if unknown := [name for name in dataset.class_names if name not in number]:
        raise ConfigError(f"data: class {unknown[0]!r} of {dataset.spec} is unknown to the model")
    renumbered = np.array([number[name] for name in dataset.class_names])
    x, y = (dataset.x_test, dataset.y_test) if part == "test" else (dataset.x_train, dataset.y_train)
    return confusion(model.predict(x), renumbered[y], model.network.classes)


def _table(matrix: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    table = Table(title="true class by row, predicted by column")
    for heading in ("", *class_names, "recall"):
        table.add_column(heading, justify="right")
    for label, (name, row) in enumerate(zip(class_names, matrix, strict=True)):
        cells = [f"[bold]{count}[/]" if column == label else str(count or "·") for column, count in enumerate(row)]
        table.add_row(name, *cells, f"{row[label] / row.sum():.1%}" if row.sum() else "-")
    return table
