"""Place and route with several seeds: speed and utilisation of each, or one line saying what does not fit."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bep_boards.board import BoardError, Shortage, TooSmallError
from bep_boards.chips.family import Device
from bep_boards.flow.tools import Job, ToolError, prepare, run, run_all

UTILISATION = re.compile(r"^Info:\s+(\w+):\s+(\d+)/\s*(\d+)\s+\d+%", re.MULTILINE)
"""A line of nextpnr's utilisation table: resource, used, available."""
CLOCK = re.compile(r"^(\$glbnet\$)?(.*\.)?clk(\$\w+_IO_IN)?(_\$glb_clk)?$")
"""The clock of domain ``sync`` in nextpnr's words: in whichever module it found the net, with or without buffers."""


@dataclass(frozen=True)
class Placement:
    """One seed's result: ``fmax_mhz`` of domain ``sync``, ``utilisation`` as (used, available) by resource."""

    seed: int
    fmax_mhz: float
    utilisation: Mapping[str, tuple[int, int]]


def fastest(placements: Sequence[Placement]) -> Placement:
    """The placement with the highest fmax, the first of several equal ones."""
    return max(placements, key=lambda placement: placement.fmax_mhz)


def log_name(seed: int) -> str:
    """nextpnr's log of one seed."""
    return f"nextpnr-seed{seed}.log"


def routed_name(seed: int) -> str:
    """The routed design of one seed."""
    return f"seed{seed}.routed"


def netlist_name(seed: int) -> str:
    """The routed design of one seed as a netlist, which tells where each cell lies."""
    return f"seed{seed}.netlist.json"


def shortages(device: Device, log: str) -> list[Shortage]:
    """What ``log`` says is needed beyond the device's limits."""
    return [
        Shortage(device.family.resources[name], int(used), int(available))
        for name, used, available in UTILISATION.findall(log)
        if name in device.family.resources and int(used) > int(available)
    ]


def place(
    owner: str,
    device: Device,
    name: str,
    cwd: Path,
    seeds: Sequence[int],
    at_once: int = 1,
    done: Callable[[int], None] = lambda _: None,
) -> list[Placement]:
    """Place and route the netlist ``name.json`` in folder ``cwd`` once for each of ``seeds``, ``at_once`` together.

    Pins and clocks come from the constraint file ``name.pcf`` or ``name.lpf`` if there is one. Timing is measured,
    not demanded. A seed that finds no place for everything is left out: on a chip that is nearly full, some do not.
    Raises `TooSmallError`, one line that begins with ``owner``, for a design that does not fit, and
    `BoardError` if every seed failed.
    """
    family = device.family
    constraints = f"{name}.{family.constraints}"
    common = [
        "--quiet",
        "--timing-allow-fail",
        *device.nextpnr_options,
        *device.route_options,
        "--json",
        f"{name}.json",
    ]
    if (cwd / constraints).exists():
        common += [f"--{family.constraints}", constraints]
    prepare(family.nextpnr)
    failed: dict[int, ToolError] = {}
    jobs = [Job(family.nextpnr, (*common, *_outputs(device, seed)), cwd) for seed in seeds]
    run_all(jobs, at_once, done, failed)
    for index in failed:
        log = cwd / log_name(seeds[index])
        if short := shortages(device, log.read_text() if log.exists() else ""):
            raise TooSmallError(owner, short)
    if len(failed) == len(seeds):
        raise BoardError(f"{owner}: {failed[0]}")
    return [_read(seed, cwd / f"seed{seed}.json") for index, seed in enumerate(seeds) if index not in failed]


def _outputs(device: Device, seed: int) -> tuple[str, ...]:
    """Options of nextpnr for one seed: the seed, and its files."""
    pairs = (
        ("--seed", str(seed)),
        (device.family.routed, routed_name(seed)),
        ("--log", log_name(seed)),
        ("--report", f"seed{seed}.json"),
        ("--write", netlist_name(seed)),
    )
    return tuple(word for pair in pairs for word in pair)


def rewrite(device: Device, seed: int, cwd: Path) -> None:
    """Write one seed's routed design again from its netlist, placed and routed as it is.

    iCE40 only: the ECP5's netlist loses the inputs tied to constants.
    """
    as_it_is = ("--quiet", "--no-pack", "--no-place", "--no-route")
    files = ("--json", netlist_name(seed), device.family.routed, routed_name(seed))
    run(Job(device.family.nextpnr, (*as_it_is, *device.nextpnr_options, *files), cwd))


def _read(seed: int, report: Path) -> Placement:
    values = json.loads(report.read_text())
    return Placement(
        seed,
        min(clock["achieved"] for net, clock in values["fmax"].items() if CLOCK.match(net)),
        {name: (entry["used"], entry["available"]) for name, entry in values["utilization"].items()},
    )
