"""The page of evidence: what was verified, in one table, and every survivor and hole with its reason.

python -m bep_verify.page benchmarks > docs/evidence.md
"""

import json
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from bep_hw.link.reference import table
from bep_verify.mutation.campaign import fate
from bep_verify.summary import KINDS, summary
from bep_verify.upset.trials import OUTCOMES

UNEXPLAINED = "not found out yet"


def markdown(folder: Path) -> str:
    """The whole page, of the files of evidence in ``folder``; a kind whose file is not there is left out."""
    found = {name: json.loads(path.read_text()) for name in KINDS if (path := folder / f"{name}.json").exists()}
    parts = [HEAD, table(("what", "how much", "result"), list(_summary(summary(folder))))]
    for name, section in SECTIONS.items():
        if name in found:
            parts.append(section(found[name]))
    return "\n\n".join(parts) + "\n"


HEAD = """# Evidence

Written by `python -m bep_verify.page benchmarks`, the last step of `make verify`, from the files its commands leave in
`benchmarks/`; not by hand. [Verification](verification.md) says how each of them works."""


def _summary(told: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    if proofs := told["proofs"]:
        yield (
            "claims proven, for runs of any length",
            f"{proofs['claimed']} on {proofs['units']} benches",
            f"{proofs['proven']} hold",
        )
    if fuzz := told["fuzz"]:
        yield "random networks on random machines", f"{fuzz['trials']} training runs", f"{fuzz['exact']} bit for bit"
    if gates := told["gates"]:
        machines = len(gates["netlists"]) + gates["four_valued"]
        four_valued = f", {gates['four_valued']} in four-valued logic" if gates["four_valued"] else ""
        yield "netlists after synthesis", f"{machines} training runs{four_valued}", f"{gates['mismatches']} bits differ"
    if mutants := told["mutants"]:
        share = f"{mutants['share']:.1%} of those not shown to be equivalent"
        yield "mutants of the netlist", f"{mutants['mutants']}", f"{mutants['killed']} killed, {share}"
    if coverage := told["coverage"]:
        if "datapath_toggled" in coverage:
            yield "bits of the datapath that toggle", "six machines", f"{coverage['datapath_toggled']:.1%}"
            yield "branches of the hardware taken", "the same", f"{coverage['hardware_branches_taken']:.1%}"
        for package, share in coverage.get("python_branches_taken", {}).items():
            yield f"branches of `{package}` taken", "its tests", f"{share:.1%}"
    if upsets := told["upsets"]:
        count, wrong = (sum(row[name] for row in upsets["outcomes"]) for name in ("upsets", "lost"))
        silent = ", ".join(f"{row['silent']} of {row['upsets']} ({row['kind']})" for row in upsets["outcomes"])
        yield (
            "flip-flops upset while it learns",
            f"{count}",
            f"{wrong} not healed by a reset; wrong in silence until then: {silent}",
        )


def _mutants(found: dict[str, Any]) -> str:
    names = ("mutants", "differs", "hangs", "pace", "equivalent", "survived")
    units = [[row["unit"], *(str(row[name]) for name in names), f"{row['share']:.1%}"] for row in found["units"]]
    survivors = [
        [str(row["number"]), row["unit"], _cell(row["place"]), row.get("reason") or UNEXPLAINED]
        for row in found["mutants"]
        if fate(row) == "survived"
    ]
    heading = ("unit", "mutants", "differ", "hang", "slower or faster", "equivalent", "survive", "killed")
    return "\n\n".join(
        [
            "## Mutants\n\nThe share killed is that of mutants not shown to be equivalent.",
            table(heading, units),
            "Those that survive; a reason excuses none of them.",
            table(("mutant", "unit", "where", "why it is not seen"), survivors),
        ]
    )


def _coverage(found: dict[str, Any]) -> str:
    parts = []
    if hardware := found.get("hardware"):
        rows = [
            *hardware["units"],
            {"unit": "the datapath", **hardware["datapath"]},
            {"unit": "all", **hardware["all"]},
        ]
        names = (("bits", "toggled"), ("branches", "taken"))
        cells = [
            [row["unit"], *(text for total, part in names for text in (str(row[total]), f"{row[f'{part}_share']:.1%}"))]
            for row in rows
        ]
        holes = [(hole["reason"], f"{_cell(hole['signal'])}: {_bits(hole['bits'])}") for hole in hardware["untoggled"]]
        holes += [(hole["reason"], _cell(hole["branch"])) for hole in hardware["untaken"]]
        parts += [
            "## Coverage of the hardware",
            table(("unit", "bits", "toggle", "branches", "taken"), cells),
            "What no machine reaches, by reason; a branch is named by what is assigned, the condition and the arm.",
            *(f"**{reason}**\n\n{_listed(names)}" for reason, names in _by_reason(holes)),
        ]
    if software := found.get("software"):
        files = [
            [f"`{file}`", ", ".join(lines), software["reasons"][file] or UNEXPLAINED]
            for file, lines in sorted(software["holes"].items())
        ]
        title = "## Branches of the software that the tests of its package do not take"
        parts += [title, "From line to line; 0 is the end.", table(("file", "branches", "why"), files)]
    return "\n\n".join(parts)


def _upsets(found: dict[str, Any]) -> str:
    rows = [[row["kind"], *(str(row[name]) for name in ("upsets", *OUTCOMES))] for row in found["outcomes"]]
    meanings = [[name, meaning] for name, meaning in OUTCOMES.items()]
    return "\n\n".join(
        [
            "## Upsets",
            table(("flip-flops of", "upsets", *OUTCOMES), rows),
            table(("outcome", "what it means"), meanings),
        ]
    )


SECTIONS = {"mutants": _mutants, "coverage": _coverage, "upsets": _upsets}
"""What is told of a kind of evidence beside its line in the first table."""


def _by_reason(holes: Sequence[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    for reason, own in groupby(sorted(holes), key=lambda hole: hole[0]):
        yield reason or UNEXPLAINED, [name for _, name in own]


def _listed(names: Iterable[str]) -> str:
    return "\n".join(f"- {name}" for name in names)


def _bits(bits: Sequence[int]) -> str:
    """Bits 0, 1, 2 and 5 as "bits 0-2, 5"."""
    runs = [[pair[1] for pair in run] for _, run in groupby(enumerate(bits), key=lambda pair: pair[1] - pair[0])]
    text = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"{'bits' if len(bits) > 1 else 'bit'} {text}"


def _cell(text: str) -> str:
    """``text`` as code in a cell of a table."""
    return f"`{text.replace(' | ', ', ').replace('|', '')}`"


if __name__ == "__main__":
    print(markdown(Path(sys.argv[1])), end="")
