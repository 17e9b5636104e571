"""The picture of accuracy against counter width."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bep.picture import INK, dress, legend, png

COLOURS = ("#0b6e99", "#b4532a", "#8a8f98", "#5a7d2a")


def counter_plot(cells: Sequence[dict[str, Any]]) -> bytes:
    """PNG: mean test accuracy by width, from least to greatest shaded, a line for each data set and batch size."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    lines: dict[str, list[tuple[int, float, float, float]]] = {}
    for cell in cells:
        found = cell["test_accuracy"]
        point = (cell["counter_bits"], found["mean"], found["min"], found["max"])
        lines.setdefault(f"{cell['data'].partition(':')[0]}, batch {cell['batch_size']}", []).append(point)
    for number, (label, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        bits, middle, low, high = zip(*sorted(points), strict=True)
        axes.fill_between(bits, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(bits, middle, "o-", color=colour, label=label)
    axes.set_xlabel("counter width, bits", color=INK)
    axes.set_ylabel("test accuracy", color=INK)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    dress(axes, "Accuracy by counter width")
    legend(axes, "lower right")
    return png(figure)
