"""``bep eval``: measure a model on data."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep.console import Table, styled
from bep.options import add_data, show_notes
from bep_ref.datasets.labelled import PARTS, load_labelled
from bep_ref.runs.evaluate import confusion
from bep_ref.runs.model import Model

NAME = "eval"
HELP = "measure a trained network on data"
DESCRIPTION = """\
Accuracy and confusion matrix of a model on the test part of a data set, binarised as in training.

  bep eval run/model.npz --data digits

Rows of the confusion matrix are true classes, columns predicted ones. A table of new samples, none of which was
trained on, is measured whole with --part all. Columns and classes are matched by name where both sides have names.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help="model file written by bep train")
    add_data(parser)
    parser.add_argument("--part", choices=PARTS, default="test", help="which samples to measure (default: test)")
    parser.add_argument(
        "--copies",
        type=int,
        default=1,
        metavar="N",
        help="sum a window network's scores over a sample and its copies shifted by a position; 1 to 5 (default: 1)",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    model = Model.load(args.model)
    data = load_labelled(args.data, model.schema, args.part)
    show_notes(args.progress, data.notes)
    predicted = [(model.scores(x, args.copies).argmax(axis=1), y) for x, y in data.parts]
    matrix = np.sum([confusion(classes, y, model.network.classes) for classes, y in predicted], axis=0)
    accuracy = float(np.trace(matrix) / matrix.sum())
    args.report.print(_table(matrix, model.class_names))
    args.report.print(f"accuracy {accuracy:.2%}: {np.trace(matrix)} of {matrix.sum()} samples ({args.part} part)")
    return {
        "model": str(args.model),
        "data": data.spec,
        "part": args.part,
        "copies": args.copies,
        "samples": int(matrix.sum()),
        "accuracy": accuracy,
        "classes": list(model.class_names),
        "confusion": matrix.tolist(),
    }


def _table(matrix: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    table = Table(title="true class by row, predicted by column")
    for heading in ("", *class_names, "recall"):
        table.add_column(heading, justify="right")
    for label, (name, row) in enumerate(zip(class_names, matrix, strict=True)):
        cells: list[Any] = [str(count or ".") for count in row]
        cells[label] = styled(str(row[label]), "bold")
        table.add_row(name, *cells, f"{row[label] / row.sum():.1%}" if row.sum() else "-")
    return table
