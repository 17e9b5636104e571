"""Where a mutant is, in words: cells of a netlist have numbers for names, signals that they drive have real ones."""

from collections.abc import Mapping
from typing import Any

from bep_verify.mutation.netlist import Mutant

FAULTS = {"inv": "inverted", "const0": "stuck at 0", "const1": "stuck at 1"}


def driven(modules: Mapping[str, Any], mutant: Mutant) -> list[str]:
    """Names of the nearest named signals of its module that the mutated cell drives."""
    module = modules[mutant.module]
    names, readers = _names(module), _readers(module)
    found, seen = set[str](), set[Any]()
    ahead = _outputs(module["cells"][mutant.cell])
    while ahead:
        bit = ahead.pop()
        if bit in seen:
            continue
        seen.add(bit)
        if bit in names:
            found.add(names[bit])
        else:
            ahead += [output for cell in readers.get(bit, ()) for output in _outputs(module["cells"][cell])]
    return sorted(found)


def described(modules: Mapping[str, Any], mutant: Mutant) -> str:
    """One line: the cell's type, the fault, and what the cell drives."""
    fault = FAULTS.get(mutant.mode) or f"inverted while [{mutant.control}] is {mutant.mode[-1]}"
    return f"{mutant.type[1:]} {mutant.port}[{mutant.bit}] {fault}, driving {', '.join(driven(modules, mutant))}"


def _names(module: Mapping[str, Any]) -> dict[Any, str]:
    """Bit -> signal, where it has a name that somebody has given it."""
    given = [(name, net["bits"]) for name, net in sorted(module["netnames"].items()) if not net["hide_name"]]
    return {bit: name.partition("$")[0] for name, bits in given if name[0] not in "\\$" for bit in bits}


def _readers(module: Mapping[str, Any]) -> dict[Any, list[str]]:
    """Bit -> cells that have it as an input."""
    readers: dict[Any, list[str]] = {}
    for name, cell in module["cells"].items():
        for port, bits in cell["connections"].items():
            if cell["port_directions"][port] == "input":
                for bit in bits:
                    readers.setdefault(bit, []).append(name)
    return readers


def _outputs(cell: Mapping[str, Any]) -> list[Any]:
    directions = cell["port_directions"]
    return [bit for port, bits in cell["connections"].items() if directions[port] == "output" for bit in bits]
