"""``bep report``: one page that shows what a run folder holds."""

import argparse
from pathlib import Path
from typing import Any

from bep.options import check_file
from bep_ref.distribution import installed_version
from bep_ref.files.atomic import write_atomically

NAME = "report"
HELP = "show what a run folder holds on one page of HTML"
DESCRIPTION = """\
One self-contained page: learning curves, weights that flip, confusion matrix, prototypes, counters, what the first
layer looks at, and, if the folder holds them, cycles of a co-simulation, resources and floorplan of a build. It loads
nothing from anywhere and runs no scripts: a file to look at offline or to mail.

  bep train --data digits --out run
  bep cosim --data digits --json run/cosim.json                                adds the cycles
  bep synth --board icebreaker --inputs 192 ... --out run/icebreaker           adds resources and floorplan
  bep report run                                                               writes run/report.html

Sections without data say which command adds it. The same folder gives the same page.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", type=Path, help="folder that bep train, cosim or synth wrote to")
    parser.add_argument("--out", metavar="FILE", type=Path, help="the page (default: report.html in RUN)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_report.page import page, sections
    from bep_report.run_folder import RunFolder

    folder = RunFolder.read(args.run)
    out = args.out or args.run / "report.html"
    check_file("out", out)
    made = sections(folder)
    text = page(folder, made, installed_version() or "(not installed)")
    write_atomically(out, text.encode(errors="backslashreplace"))
    for section in made:
        if section.missing:
            args.report.print(f"without {section.title.lower()}: {section.missing.striptags()}", style="dim")
    args.report.print(f"report: {out} ({len(text.encode()) / 1000:,.0f} kB)")
    return {
        "run": str(args.run),
        "report": str(out),
        "sections": [section.name for section in made if not section.missing],
        "missing": {section.name: section.missing.striptags() for section in made if section.missing},
    }
