"""Whether a mutant can be told from the unit it was planted in at all, by any inputs in runs of any length."""

import re
import shutil
from collections.abc import Mapping, Sequence

from boards.tools import Job
from verify.checker import answers, search
from verify.mutation.netlist import SELECT, Mutant, Netlist
from verify.mutation.units import Unit


class Miter:
    """One module as it is beside ``mutants`` of it, all with the same free inputs.

    Their outputs have to be the same in every cycle, those that mean something only while another one is high in those
    cycles.
    """

    def __init__(self, netlist: Netlist, mutants: Sequence[Mutant], unit: Unit) -> None:
        self.netlist, self.mutants, self.unit = netlist, mutants, unit
        self.folder = netlist.folder / re.sub(r"\W+", "-", f"{mutants[0].module}-{mutants[0].number}")

    def task(self, seconds: int) -> Job:
        """What looks for a difference of each mutant, for so long."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.netlist.rtlil, self.folder)
        (self.folder / "miter.v").write_text(_miter(self.netlist, self.unit.meant, self.mutants))
        load = f"read_rtlil {self.netlist.rtlil.name}\nread_verilog miter.v"
        return search(self.folder, len(self.mutants), seconds, load)

    def equivalent(self) -> dict[int, bool | None]:
        """Mutant -> whether it is equivalent, once the task is done; None where the time was too short."""
        found = {"never": True, "reached": False}
        decided = answers(self.folder, len(self.mutants))
        return {
            mutant.number: found.get(answer or "") for mutant, (answer, _) in zip(self.mutants, decided, strict=True)
        }


def _miter(netlist: Netlist, meant: Mapping[str, str], mutants: Sequence[Mutant]) -> str:
    """Verilog of a module as it is and all ``mutants`` of it, with a wire for each that rises with a difference."""
    module = mutants[0].module
    ports = netlist.modules[module]["ports"]
    inputs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "input"}
    outputs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "output"}
    lines = [f"module top(differs, {', '.join(map(_escaped, inputs))});"]
    lines += [f"  input [{width - 1}:0] {_escaped(name)};" for name, width in inputs.items()]
    lines.append(f"  output reg [{len(mutants) - 1}:0] differs = 0;")
    for number in (0, *(mutant.number for mutant in mutants)):
        lines += [f"  wire [{width - 1}:0] {_escaped(f'{name}@{number}')};" for name, width in outputs.items()]
        wired = [f".{_escaped(name)}({_escaped(name)})" for name in inputs]
        wired += [f".{_escaped(name)}({_escaped(f'{name}@{number}')})" for name in outputs]
        lines.append(f"  {_escaped(module)} unit{number}(.{SELECT}({netlist.width}'d{number}), {', '.join(wired)});")
    lines.append("  always @(posedge clk) begin")
    for place, mutant in enumerate(mutants):
        differences = []
        for name in outputs:
            right, wrong = _escaped(f"{name}@0"), _escaped(f"{name}@{mutant.number}")
            while_high = f"{_escaped(f'{meant[name]}@0')} & " if name in meant else ""
            differences.append(f"({while_high}({right} != {wrong}))")
        lines.append(f"    differs[{place}] <= {' | '.join(differences)};")
    return "\n".join([*lines, "  end", "endmodule", ""])


def _escaped(name: str) -> str:
    """A Verilog identifier of any characters."""
    return f"\\{name} "
