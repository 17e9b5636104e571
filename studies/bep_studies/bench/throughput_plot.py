"""The picture of training speed against lanes."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bep.picture import INK, dress, legend, png

COLOURS = {"icebreaker": "#0b6e99", "ice40_hx8k_b_evn": "#8a8f98", "ulx3s_85f": "#b4532a"}


def throughput_plot(rows: list[dict[str, Any]]) -> bytes:
    """PNG: samples/s at the worst seed's clock by lanes, a line for each board and perceptron of ``rows``."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    lines: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows:
        what = row["what"]
        if not what["machine"]["training"] or what["data"].startswith("sequence:"):
            continue
        point = (what["machine"]["lanes"], row["samples_per_second_worst"])
        lines.setdefault((what["board"], what["network"]), []).append(point)
    for (board, network), points in lines.items():
        lanes, rates = zip(*sorted(points), strict=True)
        axes.plot(lanes, rates, "o-", color=COLOURS.get(board, INK), label=f"{board}: {network}")
        for x, y in points:
            axes.annotate(f"{y / 1000:.0f}k", (x, y), xytext=(0, 7), textcoords="offset points", ha="center", color=INK)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("forward lanes", color=INK)
    axes.set_ylabel("training samples a second", color=INK)
    dress(axes, "Training speed, worst placement")
    axes.margins(y=0.15)
    legend(axes, "lower right")
    return png(figure)
