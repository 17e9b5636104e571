"""The signals that a design declares, and which of their bits can change at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bep_boards.flow.tools import Job, run
from bep_ref.files.atomic import write_atomically

NUMBERED = re.compile(r"\$\d+")
"""What Amaranth appends to a name that is taken."""
VIEW = re.compile(r"[.\[]")
"""A field of a signal: the same bits under another name."""
UNNAMED = ("$", "port$")
EVERYWHERE = ("clk", "rst")


@dataclass(frozen=True)
class Declared:
    """``wire`` of ``module`` in the Verilog, declared in line ``where`` of the source; ``bits`` are those that can
    change."""

    module: str
    wire: str
    where: str
    bits: tuple[int, ...]

    @property
    def name(self) -> str:
        return NUMBERED.sub("", self.wire)


def declared(rtlil: str, folder: Path) -> list[Declared]:
    """All declared signals of ``rtlil``, whose top is ``netlist``.

    A bit that is constant when yosys has flattened the design and simplified its logic cannot change, whatever the
    inputs are: it is not among a signal's bits. What stands for the value of an expression is not declared. Work in
    ``folder``.
    """
    write_atomically(folder / "design.il", rtlil.encode())
    steps = ("read_rtlil design.il", "hierarchy -top netlist", "proc", "flatten", "opt -full", "write_json design.json")
    run(Job("yosys", ("-q", "-p", "; ".join(steps)), folder))
    return list(_signals(json.loads((folder / "design.json").read_text())["modules"]["netlist"]["netnames"]))


def _signals(nets: dict[str, dict[str, Any]]) -> Iterator[Declared]:
    for name, net in nets.items():
        *path, wire = net["attributes"].get("hdlname", name).split(" ")
        if net["hide_name"] or VIEW.search(wire) or wire in EVERYWHERE or wire.startswith(UNNAMED):
            continue
        bits = tuple(bit for bit, value in enumerate(net["bits"]) if isinstance(value, int))
        yield Declared(".".join(["netlist", *path]), wire, source(net["attributes"].get("src", "")), bits)


def source(src: str) -> str:
    """``file.py:line`` of an attribute of yosys, of whatever folder."""
    return Path(src.split("|")[0]).name
