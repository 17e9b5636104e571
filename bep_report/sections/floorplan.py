"""Where the parts of the trainer lie on the chip."""

from collections import defaultdict

import numpy as np
from markupsafe import Markup

from bep_report import hints
from bep_report.chart import svg
from bep_report.markup import figure, join, short, table, tag
from bep_report.results import Floorplan
from bep_report.run_folder import RunFolder
from bep_report.section import Section
from bep_report.sections.resources import WORDS

NAME, TITLE = "floorplan", "Floorplan"
TILE = 10
LEVELS = 4
"""Strengths of a tile's colour, by how many cells are in it."""


def section(run: RunFolder) -> Section:
    plans = [(build.board, build.floorplan) for build in run.builds if build.floorplan]
    if not plans:
        return Section(NAME, TITLE, missing=hints.synth(run))
    figures = (_figure(f"floorplan-{number}", *plan) for number, plan in enumerate(plans, start=1))
    return Section(NAME, TITLE, join(figures), wide=True)


def _figure(name: str, board: str, plan: Floorplan) -> Markup:
    marks = [*(f"c{index}" for index in range(len(plan.parts) - 1)), "rest"]
    caption = (
        f"The chip of the {board}, tile by tile as it was placed: the colour is the part with most cells in a tile, "
        "the strength how full the tile is. Framed tiles are memories."
    )
    body = tag(
        "div",
        _picture(name, plan, marks),
        _legend(plan, marks),
        class_=f"beside {'tall' if plan.grid[1] > plan.grid[0] else 'broad'}",
    )
    return figure(caption, body)


def _picture(name: str, plan: Floorplan, marks: list[str]) -> Markup:
    """One path for all tiles of a part and strength."""
    columns, rows = plan.grid
    found: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    memories = set[tuple[int, int]]()
    for x, y, resource, part, number in plan.cells.tolist():
        found[x, y][part] = found[x, y].get(part, 0) + number
        if resource in plan.memories:
            memories.add((x, y))
    fullest = max((sum(parts.values()) for at, parts in found.items() if at not in memories), default=1)
    paths: defaultdict[tuple[int, int, bool], str] = defaultdict(str)
    for (x, y), parts in sorted(found.items()):
        most = max(parts, key=lambda part: parts[part])
        memory = (x, y) in memories
        level = LEVELS if memory else -(-LEVELS * sum(parts.values()) // fullest)
        paths[most, level, memory] += f"M{x * TILE} {y * TILE}h9v9h-9z"
    drawn = [tag("rect", x=0, y=0, width=columns * TILE, height=rows * TILE, class_="chip")]
    for (part, level, memory), path in sorted(paths.items()):
        drawn.append(
            tag(
                "path", d=path, class_=f"area {marks[part]}{' memory' if memory else ''}", opacity=short(level / LEVELS)
            )
        )
    used = np.bincount(plan.cells[:, 3], plan.cells[:, 4], len(plan.parts))
    largest = plan.parts[int(used.argmax())]
    text = (
        f"{len(found)} of {columns * rows} tiles are used, most by the {largest}; the table beside it has the numbers."
    )
    return svg(name, f"Floorplan of {plan.device}", text, (columns * TILE, rows * TILE), *drawn)


def _legend(plan: Floorplan, marks: list[str]) -> Markup:
    rows = []
    for part, (name, mark) in enumerate(zip(plan.parts, marks, strict=True)):
        mine = plan.cells[plan.cells[:, 3] == part]
        counts = np.bincount(mine[:, 2], mine[:, 4], len(plan.resources)).astype(int)
        if counts.any():
            cells = [f"{count:,}" if count else "·" for count in counts]
            rows.append((join([tag("span", class_=f"mark area {mark}", aria_hidden="true"), " ", name]), *cells))
    return table("Cells of each part", ("part", *(WORDS.get(name, name) for name in plan.resources)), rows, "numbers")
