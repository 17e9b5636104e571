"""Which classes are taken for which."""

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bep_report import hints
from bep_report.heat import MOST_CLASSES, NARROW, heat_table
from bep_report.markup import figure, table
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "confusion", "Confusion matrix"
LISTED = 20
"""Most confusions listed where there are too many classes for a table of all."""


def section(run: RunFolder) -> Section:
    metrics = run.metrics
    if not metrics or metrics.confusion is None:
        return Section(NAME, TITLE, missing=hints.train(run))
    matrix, names = metrics.confusion, metrics.classes
    wrong = int(matrix.sum() - np.trace(matrix))
    caption = f"{wrong:,} of {matrix.sum():,} test samples are taken for another class{_most(matrix, names)}."
    show = _whole if len(names) <= MOST_CLASSES else _list
    return Section(NAME, TITLE, figure(caption, show(matrix, names)), wide=NARROW < len(names) <= MOST_CLASSES)


def _most(matrix: NDArray[np.int64], names: tuple[str, ...]) -> str:
    """The most frequent confusion, in words."""
    others = matrix - np.diag(np.diag(matrix))
    if not others.any():
        return ""
    true, predicted = np.unravel_index(others.argmax(), others.shape)
    return f", most often {names[true]} for {names[predicted]} ({others.max():,})"


def _whole(matrix: NDArray[np.int64], names: tuple[str, ...]) -> Markup:
    of_class = np.maximum(1, matrix.sum(axis=1))
    largest = max(1, int((matrix - np.diag(np.diag(matrix))).max()))

    def cell(row: int, column: int) -> tuple[str, float, str]:
        count = int(matrix[row, column])
        if row == column:
            return f"{count:,}", count / of_class[row], "hit"
        return (f"{count:,}", 0.25 + 0.75 * count / largest, "miss") if count else ("·", 0, "none")

    recall = [
        f"{hits / total:.0%}" if total else "–" for hits, total in zip(np.diag(matrix), matrix.sum(axis=1), strict=True)
    ]
    return heat_table("True class by row, predicted class by column", names, cell, "true", ("recall", recall))


def _list(matrix: NDArray[np.int64], names: tuple[str, ...]) -> Markup:
    others = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-others, axis=None, kind="stable")[:LISTED]
    pairs = [(int(row), int(column)) for row, column in zip(*np.unravel_index(order, others.shape), strict=True)]
    rows = [(names[row], names[column], f"{others[row, column]:,}") for row, column in pairs if others[row, column]]
    return table(f"The {len(rows)} most frequent confusions", ("true", "predicted", "samples"), rows)
