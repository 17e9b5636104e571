"""How far the counters are from flipping their weights."""

from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bep_ref.networks.initial import initial_counters
from bep_ref.networks.rules import sign
from bep_report import hints
from bep_report.chart import Chart
from bep_report.markup import figure, legend, table, tag
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "counters", "Counters"
BINS = 128
"""At most so many; a multiple of two, so that no bin holds both signs."""


def section(run: RunFolder) -> Section:
    if not run.model:
        return Section(NAME, TITLE, missing=hints.train(run))
    network = run.model.network
    names, kept = network.matrix_names, run.model.counters
    # a model without a run may have come from elsewhere, and has not begun where a run does
    began = initial_counters(network, run.model.training) if run.metrics else None
    pictures = [
        _histogram(f"counters-{index}", name, q, began[index] if began else None, network.counter_range)
        for index, (name, q) in enumerate(zip(names, kept, strict=True))
    ]
    marks = [("area positive", "weight +1"), ("area negative", "weight −1")]
    if began:
        marks.append(("line begin", "before the first epoch"))
    low, high = network.counter_range
    caption = (
        f"Counters of {network.counter_bits} bits, {low} to {high}, of the network kept. The sign is the weight: those "
        "near zero flip soon, those at the ends are sure of themselves."
    )
    rows = [
        _row(name, q, began[index] if began else None, network.counter_range)
        for index, (name, q) in enumerate(zip(names, kept, strict=True))
    ]
    flipped = ("flipped since the start",) if began else ()
    headings = ("", "counters", "mean distance from zero", "at an end", "weights +1", *flipped)
    numbers = table("Counters of each matrix", headings, rows, "numbers")
    return Section(
        NAME, TITLE, figure(caption, legend(*marks), tag("div", *pictures, class_="multiples"), numbers), wide=True
    )


def _histogram(name: str, title: str, kept: NDArray[Any], began: NDArray[Any] | None, ends: tuple[int, int]) -> Markup:
    low, high = ends
    edges = np.linspace(low, high + 1, min(BINS, high + 1 - low) + 1)
    counts, before = (np.histogram(q, edges)[0] / q.size if q is not None else None for q in (kept, began))
    assert counts is not None
    most = max(counts.max(), before.max() if before is not None else 0)
    chart = Chart(x=(low, high + 1), y=(0, float(most)), height=200)
    half = len(counts) // 2
    parts = [
        chart.steps(edges[: half + 1].tolist(), counts[:half].tolist(), "area negative"),
        chart.steps(edges[half:].tolist(), counts[half:].tolist(), "area positive"),
    ]
    if before is not None:
        parts.append(chart.steps(edges.tolist(), before.tolist(), "line begin"))
    share = f"{np.mean(kept >= 0):.1%} of {kept.size:,} weights are +1; the most frequent bin holds {counts.max():.1%}."
    label = f"{title}: share of {kept.size:,} counters"
    axes = chart.axes("counter", label, lambda tick: f"{100 * tick:g}%", y_ticks=4)
    return chart.svg(name, f"Histogram of the counters, {title}", share, axes, *parts)


def _row(name: str, kept: NDArray[Any], began: NDArray[Any] | None, ends: tuple[int, int]) -> list[str]:
    at_end = np.isin(kept, ends).mean()
    cells = [name, f"{kept.size:,}", f"{np.abs(kept + 0.5).mean():.1f}", f"{at_end:.1%}", f"{(kept >= 0).mean():.1%}"]
    return [*cells, f"{(sign(kept) != sign(began)).mean():.1%}"] if began is not None else cells
