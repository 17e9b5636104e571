"""Mutants of a netlist, all of them in one: an input chooses which fault is there."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from amaranth.back import rtlil

from bep_boards.flow.tools import Job, prepare, run
from bep_hw.trainer import Trainer
from bep_ref.files.atomic import write_atomically
from bep_verify.mutation.units import Unit

TOP = "mutants"
"""Top module, and the input that chooses: 0 = none."""
SELECT = "mutant"

PREPARE = """\
read_rtlil trainer.il
proc
opt -full
opt_hier
opt -full
opt_hier
opt -full
pmuxtree
opt_clean
write_rtlil prepared.il
write_json prepared.json
"""
"""Word-level cells, without those that drive nothing and those that constants decide. Multiplexers of many are made of
those of two: what becomes of a fault by which several are chosen is the same everywhere then."""

WRITE = """\
write_rtlil mutated.il
write_verilog -noattr mutated.v
"""


@dataclass(frozen=True)
class Mutant:
    """One fault at one bit of a cell's port: inverted, stuck, or inverted while another bit of the port is 0 or 1."""

    number: int
    unit: str
    module: str
    cell: str
    type: str
    port: str
    bit: int
    mode: str
    control: int | None = None

    def command(self, width: int) -> str:
        """For yosys, with ``width`` bits of choice."""
        control = "" if self.control is None else f" -ctrlbit {self.control}"
        return (
            f"mutate -ctrl {SELECT} {width} {self.number} -mode {self.mode} -module {self.module} -cell {self.cell} "
            f"-port {self.port} -portbit {self.bit}{control}"
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Netlist:
    """The netlist of ``trainer`` with mutants in it, in ``folder``.

    ``choose`` gets the netlist's modules as yosys writes them, behind the commands ``preparation``, and says which
    mutants. ``width`` is that of the input that chooses; ``verilog`` and ``rtlil`` are the mutated netlist.
    """

    def __init__(
        self,
        trainer: Trainer,
        choose: Callable[[Mapping[str, Any]], list[Mutant]],
        folder: Path,
        preparation: str = PREPARE,
    ) -> None:
        prepare("yosys")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        write_atomically(folder / "trainer.il", rtlil.convert(trainer, name=TOP, emit_src=False).encode())
        self._yosys("prepare", preparation)
        self.modules: dict[str, Any] = json.loads((folder / "prepared.json").read_text())["modules"]
        self.mutants = choose(self.modules)
        self.width = len(self.mutants).bit_length()
        commands = [mutant.command(self.width) for mutant in self.mutants]
        self._yosys("mutate", "\n".join(["read_rtlil prepared.il", *commands, WRITE]))

    @property
    def rtlil(self) -> Path:
        return self.folder / "mutated.il"

    @property
    def verilog(self) -> str:
        return (self.folder / "mutated.v").read_text()

    def _yosys(self, name: str, commands: str) -> None:
        write_atomically(self.folder / f"{name}.ys", commands.encode())
        run(Job("yosys", ("-q", "-l", f"{name}.log", "-s", f"{name}.ys"), self.folder))


def choose(modules: Mapping[str, Any], units: Mapping[str, Unit], seed: int, share: float = 1.0) -> list[Mutant]:
    """Mutants of ``units``, ``share`` of what each asks for: cells are drawn evenly, then a port, a bit and a fault.

    A unit's mutants stay what they are when another unit changes.
    """
    chosen: list[Mutant] = []
    for name, unit in units.items():
        random = np.random.default_rng([seed, *name.encode()])
        places = [
            (f"{TOP}.{path}", cell)
            for path in unit.modules
            for cell, found in sorted(modules[f"{TOP}.{path}"]["cells"].items(), key=_numbered)
            if found["type"].startswith("$") and not found["type"].startswith("$mem")
        ]
        wanted, seen = max(1, round(unit.mutants * share)), set[tuple[Any, ...]]()
        while len(seen) < wanted:
            module, cell = places[random.integers(len(places))]
            found = modules[module]["cells"][cell]
            ports = sorted(port for port in found["connections"] if port != "CLK")
            port = ports[random.integers(len(ports))]
            width = len(found["connections"][port])
            bit = int(random.integers(width))
            mode = ("inv", "const0", "const1", "cnot0", "cnot1")[random.integers(5 if width > 1 else 3)]
            control = None
            if mode.startswith("cnot"):
                control = (bit + 1 + int(random.integers(width - 1))) % width
            constant = str(found["connections"][port][bit])
            fault = (module, cell, port, bit, mode, control)
            # stuck at what it is; a choice that the netlist leaves open
            if fault in seen or f"const{constant}" == mode or constant == "x":
                continue
            seen.add(fault)
            chosen.append(Mutant(len(chosen) + 1, name, module, cell, found["type"], port, bit, mode, control))
    return chosen


def _numbered(cell: tuple[str, Any]) -> list[Any]:
    """Orders cells by the numbers in their names, which count through the whole netlist."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", cell[0])]
