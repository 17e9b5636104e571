"""What a build takes of its chip, and how fast it is."""

import statistics

from markupsafe import Markup

from bep_boards.chips.families import FAMILIES
from bep_report import hints
from bep_report.markup import figure, join, table
from bep_report.results import Build
from bep_report.run_folder import RunFolder
from bep_report.section import Section
from bep_report.sections.passes import meter

NAME, TITLE = "resources", "Resources of the board"
WORDS = {name: words for family in FAMILIES for name, words in family.resources.items()}


def section(run: RunFolder) -> Section:
    if not run.builds:
        return Section(NAME, TITLE, missing=hints.synth(run))
    return Section(NAME, TITLE, join(_figure(build) for build in run.builds), wide=True)


def _figure(build: Build) -> Markup:
    rows = [
        (WORDS.get(name, name), meter(used / available), f"{used:,}", f"{available:,}", f"{used / available:.1%}")
        for name, (used, available) in build.resources.items()
    ]
    caption = f"{build.board}, {build.device}: {build.lut4:,} LUT4, {build.flip_flops:,} flip-flops. {_speed(build)}"
    headings = ("resource", "", "used", "available", "share")
    return figure(caption, table("What the trainer takes of the chip", headings, rows, "numbers"))


def _speed(build: Build) -> str:
    speeds = build.fmax_mhz
    best = max(speeds, key=lambda seed: speeds[seed])
    text = f"Placed with seed {best}, it reaches {speeds[best]:.1f} MHz"
    if len(speeds) > 1:
        median, worst = statistics.median(speeds.values()), min(speeds.values())
        text += f"; of {len(speeds)} seeds the median is {median:.1f}, the worst {worst:.1f}"
    return text + (f"; the clock on the chip is {build.clock_mhz:.2f} MHz." if build.clock_mhz else ".")
