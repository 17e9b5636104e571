"""How far apart the classes are: by their prototypes, or, where a read-out stands alone, by its counters' signs."""

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bep_ref.networks.rules import sign
from bep_ref.runs.model import Model
from bep_report import hints
from bep_report.chart import Chart
from bep_report.heat import MOST_CLASSES, NARROW, heat_table
from bep_report.markup import figure
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "prototypes", "Class prototypes"
BINS = 24
SPREAD = 0.25
"""Distances so far from half of the bits, as a share of them, have the full shade."""


def section(run: RunFolder) -> Section:
    if not run.model:
        return Section(NAME, TITLE, missing=hints.train(run))
    rows = _rows(run.model)
    classes, bits = rows.shape
    distance = (bits - rows @ rows.T) // 2
    caption = _caption(run.model, distance, bits)
    show = _whole if classes <= MOST_CLASSES else _histogram
    picture = show(distance, bits, run.model.class_names)
    return Section(NAME, TITLE, figure(caption, picture), wide=NARROW < classes <= MOST_CLASSES)


def _rows(model: Model) -> NDArray[np.int64]:
    """A row of ±1 for each class, (C, neurons or units)."""
    if not model.classifiers and model.readout:
        return sign(model.readout.counters).astype(np.int64)
    return model.classifiers[-1].astype(np.int64)


def _caption(model: Model, distance: NDArray[np.int64], bits: int) -> str:
    classes = len(distance)
    pairs = distance[np.triu_indices(classes, 1)]
    if not model.classifiers:
        return (
            f"Units whose read-out counters have different signs for two classes, of {bits}: {pairs.min()} to "
            f"{pairs.max()}, {pairs.mean():.1f} in the mean. Classes that share most signs are easily confused."
        )
    return (
        f"Bits in which the prototypes of two classes differ, of {bits}: {pairs.min()} to {pairs.max()}, "
        f"{pairs.mean():.1f} in the mean. Codes that are equally far from each other could be "
        f"{bits / 2 * classes / (classes - 1):.1f} bits apart at best; a sample is of the class whose prototype is "
        "nearest."
    )


def _whole(distance: NDArray[np.int64], bits: int, names: tuple[str, ...]) -> Markup:
    def cell(row: int, column: int) -> tuple[str, float, str]:
        if row == column:
            return "·", 0, "none"
        away = (int(distance[row, column]) / bits - 0.5) / SPREAD
        return str(distance[row, column]), abs(away), "hit" if away > 0 else "miss"

    return heat_table("Hamming distances, in bits: blue above half of the bits, orange below", names, cell, "")


def _histogram(distance: NDArray[np.int64], bits: int, names: tuple[str, ...]) -> Markup:
    pairs = distance[np.triu_indices(len(names), 1)]
    counts, edges = np.histogram(pairs, BINS)
    chart = Chart(x=(float(edges[0]), float(edges[-1])), y=(0, float(counts.max())))
    return chart.svg(
        "distances",
        "Histogram of the distances of all pairs of prototypes",
        f"{len(pairs):,} pairs between {pairs.min()} and {pairs.max()} bits apart.",
        chart.axes("bits that differ", "pairs of classes", "{:,.0f}".format),
        chart.steps(edges.tolist(), counts.tolist(), "area positive"),
    )
