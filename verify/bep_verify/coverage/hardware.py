"""Which bits of the hardware toggle and which branches it takes while it learns beside the golden model.

Counted are the bits of signals that the source declares, ports included, in every instance; a bit is covered if it rose
and fell in one of the machines. Not counted are clock and reset, the words of memories, and bits that the sizes of a
machine make constant (`bep_verify.coverage.signals`). A branch is an arm of an ``if`` or a ``case``.
"""

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amaranth.back import rtlil

from bep_hw.hardware import hardware
from bep_hw.tools.verilog import to_verilog
from bep_verify.coverage.arms import places
from bep_verify.coverage.counts import Counts, read
from bep_verify.coverage.holes import reason
from bep_verify.coverage.machines import trial
from bep_verify.coverage.signals import NUMBERED, Declared, declared
from bep_verify.trial import Trial, perform

TOP = "netlist"
OUTSIDE = ("host", "epochs", "records")
"""Not the datapath: registers and statistics, the control of epochs, the cache."""
UNCOUNTED = re.compile(r"\\(?!netlist\.)(?=\$|\S*[.\[])")
"""Before names of expressions' values and of signals' fields, in Verilog."""
UNDERSCORE = r"\\_"
INSTANCE = re.compile(r"(?<=[a-z])\d+$")


@dataclass(frozen=True)
class CoverageCourse:
    """The trial of machine ``name``, by the code of `sources`."""

    name: str
    code: str

    def file(self, folder: Path) -> Path:
        return folder / f"{self.name.replace(', ', '-').replace(' ', '-')}-{self.code}.json"


def measure(build: Path, course: CoverageCourse) -> dict[str, Any]:
    """What a course covers; work in folder ``build``, where nothing of it stays."""
    folder = build / course.file(build).stem
    row = covered(trial(course.name), folder, quick=build)
    shutil.rmtree(folder)
    return {"machine": course.name, **row}


def covered(trial: Trial, folder: Path, quick: Path) -> dict[str, Any]:
    """What ``trial`` covers, ``toggles`` and ``branches`` with 0 or 1 each, and what was compared on the way.

    Work in ``folder``; ``quick`` is what all builds share.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = to_verilog(hardware(trial.network, trial.machine), TOP, emit_src=True)
    signals = declared(rtlil.convert(hardware(trial.network, trial.machine), name=TOP), folder)
    file = folder / "coverage.dat"
    report = perform(trial, folder, quick, netlist=instrumented(source), coverage=file)
    counts = read(file)
    names = ("samples", "triggered", "cycles", "counters_compared", "predictions_compared", "mismatches")
    return {
        "network": str(trial.network),
        **{name: getattr(report, name) for name in names},
        "first_difference": report.first_difference,
        "toggles": bits(signals, counts),
        "branches": arms(source, counts),
    }


def instrumented(source: str) -> str:
    """``source`` with comments and names by which Verilator counts no more than is asked for; lines stay where they
    are. What begins with an underscore does not toggle for it.
    """
    return f"/*verilator coverage_on*/ {UNCOUNTED.sub(UNDERSCORE, source)}\n/*verilator coverage_off*/"


def bits(signals: Iterable[Declared], counts: Counts) -> dict[str, int]:
    """1 for each bit that toggled, 0 for others, by a name that is the same in all machines."""
    found, alike = {}, Counter[str]()
    for signal in sorted(signals, key=lambda signal: (signal.module, len(signal.wire), signal.wire)):
        name = _told_apart(alike, f"{instance(signal.module)} | {signal.name} | {signal.where}")
        for bit in signal.bits:
            found[f"{name} | {bit}"] = int(counts.toggled(signal.module, signal.wire, bit))
    return found


def arms(source: str, counts: Counts) -> dict[str, int]:
    """The same of branches in the Verilog ``source``."""
    where = places(source)
    found, alike = {}, Counter[str]()
    for (module, line, _, arm), count in sorted(counts.arms.items()):
        if place := where.get((module, line)):
            name = f"{instance(module)} | {place.what} | {place.condition} | {arm}"
            found[_told_apart(alike, name)] = int(count > 0)
    return found


def _told_apart(alike: Counter[str], name: str) -> str:
    """``name`` with its number among those alike, such as the signals that one line declares in a loop."""
    alike[name] += 1
    return f"{name} | {alike[name]}"


def instance(module: str) -> str:
    """A module, by its place in the hardware."""
    return NUMBERED.sub("", module.removeprefix(TOP).removeprefix(".")) or "trainer"


def merged(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All machines together: counts of each unit, of those on the datapath and of all, and what none of them covers.

    Instances that differ by a number, such as lanes, are one unit in the table.
    """
    toggles, branches = (_union(row[name] for row in rows) for name in ("toggles", "branches"))
    units: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for points, total, number in ((toggles, "bits", "toggled"), (branches, "branches", "taken")):
        for name, covered in points.items():
            unit = INSTANCE.sub("", name.split(" | ")[0])
            units[unit] += Counter({total: 1, number: covered})
    datapath = sum((counts for unit, counts in units.items() if unit.split(".")[0] not in OUTSIDE), Counter[str]())
    return {
        "machines": [{key: row[key] for key in row if key not in ("toggles", "branches")} for row in rows],
        "units": [{"unit": unit, **_shares(units[unit])} for unit in sorted(units)],
        "datapath": _shares(datapath),
        "all": _shares(sum(units.values(), Counter[str]())),
        "untoggled": [
            {"signal": name, "bits": bits, "reason": reason(name)}
            for name, bits in _vectors(name for name, covered in toggles.items() if not covered).items()
        ],
        "untaken": [{"branch": name, "reason": reason(name)} for name, covered in branches.items() if not covered],
    }


def _union(runs: Iterable[dict[str, int]]) -> dict[str, int]:
    """Covered where any of ``runs`` covers it."""
    union: dict[str, int] = {}
    for run in runs:
        for name, covered in run.items():
            union[name] = max(covered, union.get(name, 0))
    return union


def _shares(counts: Counter[str]) -> dict[str, Any]:
    shares: dict[str, Any] = {}
    for total, number in (("bits", "toggled"), ("branches", "taken")):
        share = round(counts[number] / counts[total], 4) if counts[total] else 1.0
        shares |= {total: counts[total], number: counts[number], f"{number}_share": share}
    return shares


def _vectors(names: Iterable[str]) -> dict[str, list[int]]:
    """Bits by their signal."""
    vectors: dict[str, list[int]] = {}
    for name in names:
        signal, bit = name.rsplit(" | ", 1)
        vectors.setdefault(signal, []).append(int(bit))
    return vectors
