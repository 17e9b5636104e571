"""Whether a mutant can be told from the unit it was planted in at all, by any inputs in runs of any length."""

import re
import shutil
from collections.abc import Sequence

from boards.tools import Job
from verify.checker import answers, search
from verify.mutation.netlist import SELECT, Mutant, Netlist
from verify.mutation.promises import escaped, plain
from verify.mutation.units import Unit

DEEPER = "scorr -F 4"
"""Both copies of a memory are equal only because what goes into them was equal some cycles before: induction over one
cycle does not see that, and the search has no time to find it word by word."""


class Miter:
    """One module as it is beside ``mutants`` of it, all with the same free inputs.

    Their outputs have to be the same in every cycle, as far as the unit says that they mean something, if its inputs
    have been what it says from the beginning.
    """

    def __init__(self, netlist: Netlist, mutants: Sequence[Mutant], unit: Unit) -> None:
        self.netlist, self.mutants, self.unit = netlist, mutants, unit
        self.folder = netlist.folder / re.sub(r"\W+", "-", f"{mutants[0].module}-{mutants[0].number}")

    def task(self, seconds: int) -> Job:
        """What looks for a difference of each mutant, for so long."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.netlist.rtlil, self.folder)
        (self.folder / "miter.v").write_text(_miter(self.netlist, self.unit, self.mutants))
        load = f"read_rtlil {self.netlist.rtlil.name}\nread_verilog miter.v"
        job = search(self.folder, len(self.mutants), seconds, load)
        script = self.folder / "bench.abc"
        script.write_text(script.read_text().replace("\nscorr\n", f"\nscorr\n{DEEPER}\n"))
        return job

    def equivalent(self) -> dict[int, bool | None]:
        """Mutant -> whether it is equivalent, once the task is done; None where the time was too short."""
        found = {"never": True, "reached": False}
        decided = answers(self.folder, len(self.mutants))
        return {
            mutant.number: found.get(answer or "") for mutant, (answer, _) in zip(self.mutants, decided, strict=True)
        }


def _miter(netlist: Netlist, unit: Unit, mutants: Sequence[Mutant]) -> str:
    """Verilog of a module as it is and all ``mutants`` of it, with a wire for each that rises with a difference."""
    module = mutants[0].module
    ports = netlist.modules[module]["ports"]
    inputs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "input"}
    outputs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "output"}
    short = {name: name.partition("$")[0] for name in ports}
    answers_to = {name: ask for name in inputs for ask in outputs if unit.kept.reads.get(short[ask]) == short[name]}
    free = {"clk": 1, **inputs, **{f"other {name}": inputs[name] for name in answers_to}}
    lines = [f"module top(differs, {', '.join(_given(name) for name in free)});"]
    lines += [f"  input [{width - 1}:0] {_given(name)};" for name, width in free.items()]
    lines.append(f"  output reg [{len(mutants) - 1}:0] differs = 0;")
    for copy, number in {"right": 0, **{str(mutant.number): mutant.number for mutant in mutants}}.items():
        lines += [f"  wire [{width - 1}:0] {escaped(f'{name}@{copy}')};" for name, width in outputs.items()]
        wired = [f".{escaped(name)}({_given(name)})" for name in inputs]
        wired += [f".{escaped(name)}({escaped(f'{name}@{copy}')})" for name in outputs]
        lines.append(f"  {escaped(module)} unit_{copy}(.{SELECT}({netlist.width}'d{number}), {', '.join(wired)});")
    seen = {name: (_given(name), width) for name, width in free.items()}
    seen |= {name: (escaped(f"{name}@right"), width) for name, width in outputs.items()}
    lines += [f"  {line}" for line in unit.kept.verilog(plain(seen))]
    lines.append("  always @(posedge clk) begin")
    for place, mutant in enumerate(mutants):
        differences = []
        for name, width in outputs.items():
            differs = f"{escaped(f'{name}@right')} ^ {escaped(f'{name}@{mutant.number}')}"
            short = name.partition("$")[0]
            meant, mask = unit.kept.meant.get(short, "1'b1"), unit.kept.used.get(short, f"{{{width}{{1'b1}}}}")
            differences.append(f"(({meant}) & |(({differs}) & ({mask})))")
        lines.append(f"    differs[{place}] <= kept_now & ({' | '.join(differences)});")
    return "\n".join([*lines, "  end", "endmodule", ""])


def _given(name: str) -> str:
    """An input that all copies share."""
    return escaped(f"{name}@given")
