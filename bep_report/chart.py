"""Charts as SVG that takes its colours from the page, light or dark."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.ticker import Locator, LogLocator, MaxNLocator

from bep_report.markup import join, short, tag

TOP, RIGHT, BOTTOM, LEFT = 18, 12, 34, 46
"""Pixels around the frame of a chart."""


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` on pixels from ``begin`` to ``end``."""

    low: float
    high: float
    begin: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = (math.log10(v) if self.log else v for v in (self.low, self.high, value))
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def ticks(self, most: int, whole: bool = False) -> list[float]:
        """Round values inside, about ``most`` of them."""
        if self.log:
            few = math.log10(self.high / self.low) < 2.5
            locator: Locator = LogLocator(subs=(1, 2, 5) if few else (1,))
        else:
            locator = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole)
        margin = 1e-9 * (self.high - self.low)  # 3 * 0.1 is a little above 0.3
        found = locator.tick_values(self.low, self.high)
        return [float(tick) for tick in found if self.low - margin <= tick <= self.high + margin]


class Chart:
    """A frame for values ``x`` and ``y``, each (lowest, highest); y may be logarithmic."""

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        width: int = 560,
        height: int = 260,
        log: bool = False,
    ) -> None:
        self.width, self.height = width, height
        self.x = Scale(*x, LEFT, width - RIGHT)
        self.y = Scale(*y, height - BOTTOM, TOP, log)

    def axes(
        self,
        x_label: str,
        y_label: str,
        y_text: Callable[[float], str],
        x_text: Callable[[float], str] = "{:,.0f}".format,
        y_ticks: int = 5,
    ) -> Markup:
        """Grid lines, their values and the names of both axes."""
        left, right, bottom = self.x.begin, self.x.end, self.y.begin
        parts = [tag("path", d=f"M{short(left)} {short(bottom)}H{short(right)}", class_="axis")]
        for tick in self.y.ticks(y_ticks):
            at = self.y(tick)
            parts.append(tag("path", d=f"M{short(left)} {short(at)}H{short(right)}", class_="grid"))
            parts.append(tag("text", y_text(tick), x=left - 6, y=at + 4, text_anchor="end"))
        parts += [
            tag("text", x_text(tick), x=self.x(tick), y=bottom + 16, text_anchor="middle")
            for tick in self.x.ticks(8, whole=True)
        ]
        parts.append(tag("text", x_label, x=right, y=bottom + 30, text_anchor="end", class_="label"))
        parts.append(tag("text", y_label, x=0, y=11, class_="label"))
        return join(parts)

    def line(self, xs: Sequence[float], ys: Sequence[float], class_: str) -> Markup:
        """A line through the points, dots where there are few; values off the scale (a log's zeros) lie on its edge."""
        low, high = sorted((self.y.low, self.y.high))
        points = [(self.x(x), self.y(min(max(y, low), high))) for x, y in zip(xs, ys, strict=True)]
        path = "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points)
        dots = points if len(points) < 8 else []
        return join(
            [
                tag("path", d=path, class_=f"line {class_}"),
                *(tag("circle", cx=x, cy=y, r=3, class_=f"dot {class_}") for x, y in dots),
            ]
        )

    def level(self, y: float, class_: str) -> Markup:
        """A line across the frame."""
        at = short(self.y(y))
        return tag("path", d=f"M{short(self.x.begin)} {at}H{short(self.x.end)}", class_=f"line {class_}")

    def steps(self, edges: Sequence[float], values: Sequence[float], class_: str) -> Markup:
        """A histogram: ``values`` between ``edges``, one more than values."""
        base = short(self.y.begin)
        path = f"M{short(self.x(edges[0]))} {base}"
        for value, right in zip(values, edges[1:], strict=True):
            path += f"V{short(self.y(value))}H{short(self.x(right))}"
        return tag("path", d=f"{path}V{base}", class_=class_)

    def svg(self, name: str, title: str, description: str, *inside: str) -> Markup:
        """The whole picture; see `svg`."""
        return svg(name, title, description, (self.width, self.height), *inside)


def svg(name: str, title: str, description: str, size: tuple[float, float], *inside: str) -> Markup:
    """A picture called ``title`` that a screen reader tells as ``description``; ``name`` is its id on the page."""
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-text"),
        *inside,
        viewBox=f"0 0 {short(size[0])} {short(size[1])}",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-text",
    )
