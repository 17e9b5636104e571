"""The picture of accuracy against the width of the gate, after [BEP]'s Fig. 3."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from bep.picture import INK, dress, legend, png

COLOURS = ("#0b6e99", "#b4532a", "#8a8f98", "#5a7d2a", "#6b4f9a")


def gate_plot(rows: Sequence[dict[str, Any]]) -> bytes:
    """PNG: mean test accuracy by gate, from least to greatest shaded; a panel for each data set, a line a window."""
    specs = list(dict.fromkeys(row["data"] for row in rows))
    figure = Figure(figsize=(5.5 * len(specs) + 1, 4.5), layout="constrained")
    for axes, spec in zip(figure.subplots(1, len(specs), squeeze=False)[0], specs, strict=True):
        own = [row for row in rows if row["data"] == spec]
        for number, window in enumerate(dict.fromkeys(row["window"] for row in own)):
            line = [row for row in own if row["window"] == window]
            gates, colour = [row["gate"] for row in line], COLOURS[number % len(COLOURS)]
            middle, low, high = ([row["test_accuracy"][key] for row in line] for key in ("mean", "min", "max"))
            axes.fill_between(gates, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(gates, middle, "o-", color=colour, label=f"windows of {window}")
        axes.set_xscale("log")
        gates = sorted({row["gate"] for row in own})
        axes.set_xticks(gates, [f"{gate:g}" for gate in gates], fontsize=8)
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("gate ν, fraction of the fan-in", color=INK)
        dress(axes, f"Accuracy by gate: {spec.partition(':')[0] if '/' in spec else spec}")
        legend(axes, "best")
    figure.axes[0].set_ylabel("test accuracy", color=INK)
    return png(figure)
