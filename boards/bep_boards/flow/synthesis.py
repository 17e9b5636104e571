"""From RTLIL to a netlist of a family's primitives."""

import re
from collections.abc import Iterable
from pathlib import Path

from bep_boards.chips.family import Device
from bep_boards.flow.netlist import Resources, count
from bep_boards.flow.tools import Job, ToolError, prepare, run
from bep_ref.files.atomic import write_atomically

SPILL_BITS = 2048
"""Where block RAM is short, so many bits of the smallest memories may become logic instead."""

COLLISIONS_UNDEFINED = (
    "setparam -set COLLISION_X_MASK 1'1 */t:$memrd_v2 */r:TRANSPARENCY_MASK=1'0 %i */r:CLK_ENABLE=1 %i"
)
"""No memory of ours is read where it is being written, or nobody looks at what comes out (a test simulates it so).

Amaranth promises the old word there, block RAM does not: keeping the promise takes two flip-flops and a LUT a bit."""

COPIES_KEPT = "setattr -set keep 1 */w:*_copy */w:*_copy$* %u %ci1:+[Q] */c:* %i"
"""Registers whose names end so are copies of one another, each near what it drives: yosys would merge them."""

MODULE_OR_MEMORY = re.compile(r"^module \\(?P<module>\S+)|^  memory width (\d+) size (\d+) \\(\S+)$", re.MULTILINE)
MAPPED = re.compile(r"^mapping memory (\S+) via ", re.MULTILINE)
"""A line of yosys's log: a memory, by its full name, becomes block RAM."""


def synthesise(rtlil: str, device: Device, name: str, cwd: Path) -> Resources:
    """Synthesise ``rtlil``, whose top module is called ``top``, in folder ``cwd``.

    If more block RAMs are needed than there are and the smallest memories are small enough, these become logic. Leaves
    ``name.json``, the netlist, and ``name.yosys.log`` behind. Raises `ToolError`.
    """
    prepare("yosys")
    write_atomically(cwd / f"{name}.il", rtlil.encode())
    resources = _run(device, name, cwd, [])
    primitive, resource = next(iter(device.family.memories.items()))
    over = resources.block_rams.get(primitive, 0) - device.limits[resource]
    if over > 0 and (chosen := smallest(rtlil, (cwd / f"{name}.yosys.log").read_text(), over)):
        resources = _run(device, name, cwd, chosen)
    return resources


def _run(device: Device, name: str, cwd: Path, in_logic: list[str]) -> Resources:
    spill = [f'setattr -set ram_style "logic" {module}/m:{memory}' for module, _, memory in map(_split, in_logic)]

    def attempt(steps: Iterable[str], options: Iterable[str]) -> None:
        synth = " ".join((device.family.synth, *options, "-top top"))
        done = [step.format(synth=synth, json=f"{name}.json") for step in steps]
        script = "; ".join([f"read_rtlil {name}.il", COLLISIONS_UNDEFINED, COPIES_KEPT, *spill, *done, "check -assert"])
        run(Job("yosys", ("-q", "-l", f"{name}.yosys.log", "-p", script), cwd))

    try:
        attempt(["{synth} -json {json}"], device.synth_options)
    except ToolError:
        # abc9 of yosys 0.70 dies of loops that are none bit by bit, often before its log is written, and has left two
        # flip-flops on one wire, which the check behind it sees; abc does neither
        if "-abc9" not in device.synth_options:
            raise
        attempt(device.family.without_abc9, (option for option in device.synth_options if option != "-abc9"))
    return count(cwd / f"{name}.json", device.family)


def _split(memory: str) -> tuple[str, str, str]:
    return memory.rpartition(".")


def smallest(rtlil: str, log: str, number: int) -> list[str]:
    """Full names of the ``number`` smallest memories that became block RAM; none if they are too large for logic."""
    bits, module = {}, ""
    for match in MODULE_OR_MEMORY.finditer(rtlil):
        if match["module"]:
            module = match["module"]
        else:
            bits[f"{module}.{match[4]}"] = int(match[2]) * int(match[3])
    chosen = sorted(MAPPED.findall(log), key=lambda memory: bits[memory])[:number]
    return chosen if sum(bits[memory] for memory in chosen) <= SPILL_BITS else []
