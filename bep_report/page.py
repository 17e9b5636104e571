"""The whole page."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bep_report.run_folder import RunFolder
from bep_report.section import Section
from bep_report.sections import (
    confusion,
    counters,
    floorplan,
    learning,
    movement,
    passes,
    prototypes,
    resources,
    weights,
)
from bep_report.summary import facts, headline

SECTIONS = (learning, movement, confusion, prototypes, counters, weights, passes, resources, floorplan)
"""In the order of the page."""


def sections(run: RunFolder) -> list[Section]:
    """Every section, with or without data."""
    return [module.section(run) for module in SECTIONS]


def page(run: RunFolder, made: list[Section], version: str) -> str:
    """HTML of the page of ``run``'s ``made`` sections; the same folder gives the same text.

    ``version`` is the program's.
    """
    environment = Environment(
        loader=PackageLoader("bep_report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    values: dict[str, Any] = {
        "title": headline(run),
        "folder": str(run.path),
        "facts": facts(run),
        "sections": made,
        "style": Markup(files("bep_report").joinpath("page.css").read_text("utf-8")),
        "version": version,
    }
    return environment.get_template("page.html.j2").render(values)
