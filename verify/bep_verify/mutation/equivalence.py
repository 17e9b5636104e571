"""Whether a mutant can be told from the unit it was planted in at all, by any inputs in runs of any length."""

import re
import shutil
from collections.abc import Iterable, Sequence

from bep_boards.flow.tools import Job
from bep_ref.files.atomic import write_atomically
from bep_verify.checker import answers, search
from bep_verify.mutation.netlist import SELECT, Mutant, Netlist
from bep_verify.mutation.promises import escaped, plain, plain_name
from bep_verify.mutation.units import Unit

SIMPLER = ("scorr", "scorr -F 4", "lcorr", "scorr", "dc2")
"""Both copies of a memory are equal only because what goes into them was equal some cycles before: induction over one
cycle does not see that, and the search has no time to find it word by word. Less logic is searched sooner."""


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
        write_atomically(self.folder / "miter.v", _miter(self.netlist, self.unit, self.mutants).encode())
        load = f"read_rtlil {self.netlist.rtlil.name}\n{_opened(self.mutants[0].module, self.unit)}read_verilog miter.v"
        return search(self.folder, len(self.mutants), seconds, load, SIMPLER)

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
    inputs, outputs = (_ports(netlist, module, unit, direction) for direction in ("input", "output"))
    free = {"clk": 1, **inputs}  # plain logic has no clock of its own
    asks = _asks(unit, inputs, outputs)
    given = {_given(name): width for name, width in free.items()} | {_other(name): inputs[name] for name in asks}
    lines = [f"module top(differs, {', '.join(given)});"]
    lines += [f"  input [{width - 1}:0] {name};" for name, width in given.items()]
    lines.append(f"  output reg [{len(mutants) - 1}:0] differs = 0;")
    for copy, number in {"right": 0, **{str(mutant.number): mutant.number for mutant in mutants}}.items():
        lines += [f"  wire [{width - 1}:0] {escaped(f'{name}@{copy}')};" for name, width in outputs.items()]
        wired = [f".{escaped(name)}({_given(name)})" for name in inputs if name not in asks]
        wired += [f".{escaped(name)}({escaped(f'{name}@{copy}')})" for name in (*outputs, *asks)]
        for name, ask in asks.items():
            asked, right = escaped(f"{ask}@{copy}"), escaped(f"{ask}@right")
            lines.append(f"  reg same_{copy} = 1; always @(posedge clk) same_{copy} <= {asked} == {right};")
            answer = f"same_{copy} ? {_given(name)} : {_other(name)}"
            lines.append(f"  wire [{inputs[name] - 1}:0] {escaped(f'{name}@{copy}')} = {answer};")
        lines.append(f"  {escaped(module)} unit_{copy}(.{SELECT}({netlist.width}'d{number}), {', '.join(wired)});")
    seen = {name: (_given(name), width) for name, width in free.items()}
    seen |= {name: (escaped(f"{name}@right"), width) for name, width in outputs.items()}
    lines += [f"  {line}" for line in unit.kept.verilog(plain(seen))]
    lines.append("  always @(posedge clk) begin")
    for place, mutant in enumerate(mutants):
        differences = []
        for name, width in outputs.items():
            if name in asks.values():
                continue
            differs = f"{escaped(f'{name}@right')} ^ {escaped(f'{name}@{mutant.number}')}"
            short = plain_name(name)
            meant, mask = unit.kept.meant.get(short, "1'b1"), unit.kept.used.get(short, f"{{{width}{{1'b1}}}}")
            differences.append(f"(({meant}) & |(({differs}) & ({mask})))")
        lines.append(f"    differs[{place}] <= kept_now & ({' | '.join(differences)});")
    return "\n".join([*lines, "  end", "endmodule", ""])


def _ports(netlist: Netlist, module: str, unit: Unit, direction: str) -> dict[str, int]:
    """Name -> width of a module's ports, behind which come those to a memory inside."""
    ports, wires = netlist.modules[module]["ports"], netlist.modules[module]["netnames"]
    found = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == direction}
    inside = unit.kept.inside(direction)
    return found | {name.lstrip("\\"): len(net["bits"]) for name, net in wires.items() if name.lstrip("\\") in inside}


def _opened(module: str, unit: Unit) -> str:
    """yosys's commands that take a memory out of ``module``, if its unit says so, and make ports of what went to it."""
    if not unit.kept.writes:
        return ""
    outward, inward = (
        " ".join(f"{module}/w:{name}" for name in unit.kept.inside(direction)) for direction in ("output", "input")
    )
    return f"delete {module}/t:$mem*\nexpose {outward}\nexpose -input {inward}\n"


def _asks(unit: Unit, inputs: Iterable[str], outputs: Iterable[str]) -> dict[str, str]:
    """What a memory gives -> the address that asks for it."""
    gives = {plain_name(name): name for name in inputs}
    return {gives[unit.kept.reads[plain_name(name)]]: name for name in outputs if plain_name(name) in unit.kept.reads}


def _given(name: str) -> str:
    """An input that all copies share."""
    return escaped(f"{name}@given")


def _other(name: str) -> str:
    """What a memory gives to who asks for another word."""
    return escaped(f"{name}@other")
