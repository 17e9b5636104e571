"""The picture of accuracy against counter width."""

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

COLOURS, INK = ("#0b6e99", "#b4532a", "#8a8f98", "#5a7d2a"), "#30343b"


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
    axes.set_title("Accuracy by counter width", loc="left", color=INK, fontweight="bold")
    axes.grid(color="#e3e5e8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)
    axes.legend(loc="lower right", frameon=True, framealpha=1, edgecolor="white", labelcolor=INK)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()
