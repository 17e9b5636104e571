"""Where the cycles of the simulated hardware went."""

from markupsafe import Markup

from bep_report import hints
from bep_report.chart import svg
from bep_report.markup import figure, join, table, tag
from bep_report.results import Cosim
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "cycles", "Cycles by pass"
WIDTH, HEIGHT, COLOURS = 560, 34, 8


def section(run: RunFolder) -> Section:
    cosim = run.cosim
    if not cosim or not cosim.passes:
        return Section(NAME, TITLE, missing=hints.cosim(run))
    total = sum(cosim.passes.values())
    marks = [*(f"c{index % COLOURS}" for index in range(len(cosim.passes) - 1)), "rest"]
    rows = [
        (
            join([tag("span", class_=f"mark area {mark}", aria_hidden="true"), " ", name]),
            f"{cycles / cosim.samples:,.1f}",
            f"{cycles / total:.1%}",
        )
        for mark, (name, cycles) in zip(marks, cosim.passes.items(), strict=True)
    ]
    rows.append((Markup("<strong>together</strong>"), f"{total / cosim.samples:,.1f}", "100.0%"))
    numbers = table("Cycles of the propagate engine for a sample", ("pass", "cycles", "share"), rows, "numbers")
    differ = "no bit differs from the golden model" if not cosim.mismatches else f"{cosim.mismatches:,} bits differ"
    caption = (
        f"{cosim.network} on {cosim.lanes} lanes, {cosim.samples:,} samples in simulated hardware, of which "
        f"{cosim.triggered:,} triggered an update; {cosim.compared:,} values compared, {differ}. The rest of "
        "the time it waits: for pipelines to drain, decisions and scans for winners."
    )
    return Section(NAME, TITLE, figure(caption, _bar(cosim, marks), numbers, _engines(cosim)))


def _bar(cosim: Cosim, marks: list[str]) -> Markup:
    total, left = sum(cosim.passes.values()), 0.0
    parts = []
    for mark, (name, cycles) in zip(marks, cosim.passes.items(), strict=True):
        width = WIDTH * cycles / total
        told = tag("title", f"{name}: {cycles / total:.1%}")
        parts.append(tag("rect", told, x=left, y=0, width=max(0.0, width - 1), height=HEIGHT, class_=f"area {mark}"))
        left += width
    most = max(cosim.passes, key=lambda name: cosim.passes[name])
    text = f"The longest share is {most}, {cosim.passes[most] / total:.0%}."
    return svg("passes", "Cycles of a sample by pass", text, (WIDTH, HEIGHT), *parts)


def _engines(cosim: Cosim) -> Markup:
    """How much of the time each engine reads a word."""
    rows = [(name, meter(share), f"{share:.1%}") for name, share in cosim.utilisation.items()]
    return table("Cycles in which an engine reads a word", ("engine", "", "busy"), rows, "numbers")


def meter(share: float) -> Markup:
    """A bar filled by ``share``; its number stands beside it."""
    return tag("span", class_="meter", style=f"--share:{100 * min(1.0, share):.1f}%", aria_hidden="true")
