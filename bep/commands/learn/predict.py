"""``bep predict``: the classes of samples, whether they have labels or not."""

import argparse
import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep.console import write_output
from bep.options import add_data, check_file, show_notes
from bep_ref.datasets.labelled import PARTS
from bep_ref.datasets.stream import each_batch
from bep_ref.files.atomic import write_atomically
from bep_ref.networks.learner import Learner
from bep_ref.notes import Notes
from bep_ref.runs.evaluate import scores
from bep_ref.runs.model import Model

NAME = "predict"
HELP = "classify samples by a trained network"
DESCRIPTION = """\
The class of every sample, and the score of every class, as a CSV table: a line per sample, in the order of the data.
The class with the largest score is predicted, the first of equals.

  bep predict run/model.npz --data csv:new.csv                 to standard output
  bep predict run/model.npz --data npz:new.npz -o classes.csv
  sensor | bep predict run/model.npz --data csv:-              row by row, while the sensor runs

Samples need no labels; labels are not looked at. Columns are matched by name where both sides have names, in another
order too. From a pipe every row is answered when it is there; where it sends no header, the first one when the second
is there.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help="model file written by bep train")
    add_data(parser)
    parser.add_argument("--part", choices=PARTS, default="all", help="which samples to classify (default: all)")
    parser.add_argument(
        "-o", "--out", metavar="FILE", type=Path, help="write the table to FILE, when all of it is done"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    check_file("out", args.out)
    model = Model.load(args.model)
    table = _Table(model, keep=args.json is not None)
    show = args.out is None and args.json != "-"
    lines: list[str] = []
    write = write_output if show else lines.append

    def told(notes: Notes) -> None:
        show_notes(args.progress, notes)
        write(table.heading)

    each_batch(args.data, model.schema, args.part, told, lambda x: write(table.lines(x)))
    result: dict[str, Any] = {
        "model": str(args.model),
        "data": args.data,
        "part": args.part,
        "samples": table.samples,
        "classes": list(model.class_names),
        "predictions": table.predictions,
        "scores": table.scores,
    }
    if args.out:
        write_atomically(args.out, "".join(lines).encode())
        args.report.print(f"{args.out}: classes of {table.samples:,} samples")
        result["out"] = str(args.out)
    return result


class _Table:
    """Samples to lines of text. ``keep`` keeps ``predictions`` (names of classes) and ``scores``, a list per sample."""

    def __init__(self, model: Model, keep: bool) -> None:
        self._model, self._keep = model, keep
        self._net: Learner = model.net()
        self.samples = 0
        self.predictions: list[str] = []
        self.scores: list[list[int]] = []

    @property
    def heading(self) -> str:
        """The first line: names of the columns."""
        return _lines([["class", *(f"score {name}" for name in self._model.class_names)]])

    def lines(self, x: NDArray[Any]) -> str:
        """A line for each of the samples ``x`` (n, ...)."""
        found = scores(self._net, self._model.binariser(x))
        names = [self._model.class_names[code] for code in np.argmax(found, axis=1)]
        rows = found.tolist()
        self.samples += len(names)
        if self._keep:
            self.predictions += names
            self.scores += rows
        return _lines([[name, *row] for name, row in zip(names, rows, strict=True)])


def _lines(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
