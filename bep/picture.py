"""How every picture here looks."""

import io
from typing import Any, Literal

from matplotlib.figure import Figure

INK = "#30343b"


def dress(axes: Any, title: str, grid: Literal["both", "x", "y"] = "both", pad: float | None = None) -> None:
    """Title, grid and frame of ``axes``; ``pad`` points between title and frame."""
    axes.set_title(title, loc="left", color=INK, fontweight="bold", pad=pad)
    axes.grid(axis=grid, color="#e3e5e8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)


def legend(axes: Any, loc: str) -> None:
    """The legend of ``axes``, on white."""
    axes.legend(loc=loc, frameon=True, framealpha=1, edgecolor="white", labelcolor=INK)


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The picture's file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()
