"""The picture of accuracy while bits flip, and behind that."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bep.picture import INK, dress, legend, png

COLOURS = ("#8a8f98", "#5a7d2a", "#0b6e99", "#6b4f9a", "#b4532a")
TITLES = {"counters": "Counters flip", "visible": "Visible weights flip"}


def upset_plot(curves: Sequence[dict[str, Any]], upset_epochs: int) -> bytes:
    """PNG: test accuracy by epoch, a panel for each plane, a line a rate; the epochs with upsets are shaded."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    planes = list(dict.fromkeys(row["plane"] for row in curves))
    for axes, plane in zip(figure.subplots(1, len(planes), sharey=True, squeeze=False)[0], planes, strict=True):
        axes.axvspan(0.5, upset_epochs + 0.5, color=INK, alpha=0.06, linewidth=0)
        for colour, row in zip(COLOURS, (row for row in curves if row["plane"] == plane), strict=False):
            accuracies = row["test_accuracy"]
            axes.plot(range(1, len(accuracies) + 1), accuracies, "o-", color=colour, label=f"{row['rate']:g}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("epoch (shaded: with upsets)", color=INK)
        dress(axes, f"{TITLES[plane]}: chance of a bit in a mini-batch")
        legend(axes, "lower right")
    figure.axes[0].set_ylabel("test accuracy", color=INK)
    return png(figure)
