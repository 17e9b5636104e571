"""Whether a mutant can be told from the unit it was planted in at all, by any inputs in runs of any length."""

import re
import shutil
from collections.abc import Mapping, Sequence

from boards.tools import Job, run
from verify.checker import SECONDS, decide
from verify.mutation.netlist import SELECT, Mutant, Netlist
from verify.mutation.units import Unit


def equivalent(netlist: Netlist, mutants: Sequence[Mutant], unit: Unit, seconds: int = SECONDS) -> list[bool | None]:
    """For each of ``mutants`` of one module of ``unit``: whether it is equivalent, None where ``seconds`` were too few.

    Two copies of the module get the same free inputs. Their outputs have to be the same in every cycle, those that mean
    something only while another one is high in those cycles.
    """
    module = mutants[0].module
    folder = netlist.folder / re.sub(r"\W+", "-", f"{module}-{mutants[0].number}")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(netlist.rtlil, folder)
    (folder / "miter.v").write_text(_miter(netlist, module, unit.meant, mutants))
    commands = [f"read_rtlil {netlist.rtlil.name}", "read_verilog miter.v", "hierarchy -top top"]
    (folder / "miter.ys").write_text("\n".join([*commands, "write_rtlil bench.il", ""]))
    run(Job("yosys", ("-q", "-l", "miter.log", "-s", "miter.ys"), folder))
    answers = {"never": True, "reached": False}
    return [answers.get(answer or "") for answer, _ in decide(folder, len(mutants), seconds)]


def _miter(netlist: Netlist, module: str, meant: Mapping[str, str], mutants: Sequence[Mutant]) -> str:
    """Verilog of a module as it is and all ``mutants`` of it, with a wire for each that rises with a difference."""
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
