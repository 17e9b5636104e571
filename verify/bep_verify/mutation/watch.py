"""The promises of `bep_verify.mutation.promises`, watched while the trainer as it is plays the mutants' course."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bep_hw.trainer import Trainer
from bep_verify.mutation.course import MACHINE, NETWORK
from bep_verify.mutation.netlist import TOP, Netlist, choose
from bep_verify.mutation.player import Player
from bep_verify.mutation.promises import escaped, plain
from bep_verify.mutation.units import Unit


def watch(folder: Path, course: Sequence[str], units: Mapping[str, Unit]) -> None:
    """Raises `SimulatorError` if a promise of ``units`` is broken; files go to ``folder``."""
    netlist = Netlist(Trainer(NETWORK, MACHINE), lambda modules: choose(modules, units, seed=1)[:1], folder)
    Player(netlist, course, watched(netlist, units))


def watched(netlist: Netlist, units: Mapping[str, Unit]) -> str:
    """Verilog of ``netlist``, in which a unit tells standard error the first cycle in which a promise is broken."""
    modules = netlist.verilog.split("\nendmodule\n")
    for unit in units.values():
        for module in [f"{TOP}.{path}" for path in unit.modules] if unit.kept.conditions else []:
            [place] = [at for at, text in enumerate(modules) if f"\nmodule {escaped(module)}(" in text]
            ports = {name: len(port["bits"]) for name, port in netlist.modules[module]["ports"].items()}
            wires = ", ".join(f".{escaped(f'{name}@seen')}({escaped(name)})" for name in ports)
            modules[place] += f"\n  {escaped(f'{module}.watch')}watch({wires});"
            modules.insert(-1, _watch(f"{module}.watch", unit, ports))
    return "\nendmodule\n".join(modules)


def _watch(name: str, unit: Unit, ports: Mapping[str, int]) -> str:
    inputs = {escaped(f"{port}@seen"): bits for port, bits in ports.items()}
    lines = [f"\nmodule {escaped(name)}({', '.join(inputs)});"]
    lines += [f"input [{bits - 1}:0] {port};" for port, bits in inputs.items()]
    lines += unit.kept.verilog(plain({port: (escaped(f"{port}@seen"), bits) for port, bits in ports.items()}))
    told = f'$fdisplay(32\'h80000002, "{name} %b", conditions)'
    return "\n  ".join([*lines, f"always @(posedge clk) if (kept && !kept_now) {told};"])
