"""What is worth choosing: candidates that no other beats in accuracy, speed and size together, and their picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from bep.picture import INK, dress, legend, png
from bep.sweep.table import Line

PALETTE = ("#0b6e99", "#b4532a", "#4f7942", "#7a5195", "#8a8f98", "#c9a227", "#2f4b7c", "#a05195")
LARGEST_DOT = 250.0
"""Area in square points; the others' areas are to it as their sizes are."""


@dataclass(frozen=True)
class Candidate:
    """A combination of the grid, on a board if there are boards.

    ``accuracy`` on validation data, mean over the seeds: test data chooses nothing. ``rate`` samples a second at the
    worst placement's clock, 0 where there are no boards; ``size`` LUTs, or synapses where there are no boards.
    """

    settings: str
    board: str | None
    accuracy: float
    rate: float
    size: int

    def beats(self, other: "Candidate") -> bool:
        """Nowhere worse, somewhere better."""
        ours, theirs = ((c.accuracy, c.rate, -c.size) for c in (self, other))
        return ours != theirs and all(a >= b for a, b in zip(ours, theirs, strict=True))


def candidates(lines: Sequence[Line], options: Sequence[str]) -> list[Candidate]:
    """Of the complete lines of a table whose grid varies ``options``; none where nobody knows the chip's clock."""

    def key(line: Line) -> tuple[str, str]:
        return ", ".join(f"{name} {line[name]}" for name in options), line.get("board") or ""

    complete = sorted((line for line in lines if not line["failure"] and _rate(line) is not None), key=key)
    found: list[Candidate] = []
    for (settings, board), group in groupby(complete, key):
        same = list(group)
        sizes: list[int] = [line.get("lut4") or line.get("lut4_estimated") or line["synapses"] for line in same]
        accuracy = mean(line["validation_accuracy"] for line in same)
        found.append(Candidate(settings, board or None, accuracy, min(map(_rate, same)), max(sizes)))
    return found


def _rate(line: Line) -> Any:  # a number or None
    return line["samples_per_second_estimated"] if "board" in line else 0


def front(all_of_them: Sequence[Candidate]) -> list[Candidate]:
    """Those that no other beats, the most accurate first."""
    best = [one for one in all_of_them if not any(other.beats(one) for other in all_of_them)]
    return sorted(best, key=lambda one: (-one.accuracy, -one.rate, one.size))


def pareto_plot(all_of_them: Sequence[Candidate]) -> bytes:
    """PNG: accuracy against speed, dots as large as the hardware; without boards, accuracy against synapses."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    boards = list(dict.fromkeys(one.board for one in all_of_them))
    built, best = boards != [None], front(all_of_them)
    largest = max(one.size for one in all_of_them)
    for one in all_of_them:
        chosen, x = one in best, one.rate if built else one.size
        axes.scatter(
            x,
            one.accuracy,
            s=LARGEST_DOT * (one.size / largest if built else 0.5),
            color=PALETTE[boards.index(one.board) % len(PALETTE)],
            alpha=0.9 if chosen else 0.3,
            edgecolor=INK if chosen else "none",
        )
        if chosen:
            axes.annotate(
                one.settings, (x, one.accuracy), xytext=(0, 9), textcoords="offset points", ha="center", color=INK
            )
    for board, colour in zip(boards if built else [], PALETTE, strict=False):
        axes.scatter([], [], color=colour, label=board)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("samples a second: worst placement, estimated cycles" if built else "synapses", color=INK)
    axes.set_ylabel("validation accuracy, mean of seeds", color=INK)
    axes.margins(0.2)
    dress(axes, "Ringed: beaten by none in accuracy, speed and LUTs (area)" if built else "Ringed: beaten by none")
    if built:
        legend(axes, "lower right")
    return png(figure)
