"""Promises about the ports of a mutated unit, as Verilog: what holds of inputs, and when outputs mean something.

Free inputs do what the rest of the trainer never does, and may tell a mutant from the unit by it. ``rst`` may come at
any time: what a promise remembers is forgotten with it, like the neighbour's own state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Promises:
    """``conditions`` hold in every cycle, ``registers`` are what they remember.

    ``meant``: output -> when it means something; ``used``: output -> a mask of its bits that do. Where an output is not
    named, always and all. ``reads``: address that a memory is asked for -> what it gives one cycle later: who asks for
    another word may get any other one, and differs where that is seen. ``writes`` names what goes into a memory inside
    of the unit, which is looked at as if it were outside: what gets the same writes gives the same words.
    """

    conditions: list[str] = field(default_factory=list)
    registers: list[str] = field(default_factory=list)
    meant: dict[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    writes: tuple[str, ...] = ()

    def remember(self, name: str, bits: int, following: str, first: int = 0, resets: bool = True) -> None:
        """A register that is ``first`` behind a reset if it ``resets``, and takes ``following`` in every cycle."""
        following = f"rst ? {first} : {following}" if resets else following
        self.registers.append(f"reg [{bits - 1}:0] {name} = {first}; always @(posedge clk) {name} <= {following};")

    def keep(self, *conditions: str) -> None:
        self.conditions.extend(conditions)

    def inside(self, direction: str) -> tuple[str, ...]:
        """What is an "output" to a memory inside of the unit, or an "input" from it."""
        if not self.writes:
            return ()
        return (*self.writes, *self.reads) if direction == "output" else tuple(self.reads.values())

    def verilog(self, ports: Mapping[str, tuple[str, int]]) -> list[str]:
        """Lines that make ``kept_now`` of ``ports``, name -> (expression, width): high until a condition fails."""
        lines = [f"wire [{width - 1}:0] \\{name} = {of};" for name, (of, width) in ports.items()]
        lines += [*self.registers, "reg kept = 1;", f"wire [{len(self.conditions)}:0] conditions;"]
        lines += [f"assign conditions[{number}] = {one};" for number, one in enumerate([*self.conditions, "kept"])]
        return [*lines, "wire kept_now = &conditions;", "always @(posedge clk) kept <= kept_now;"]


def plain(ports: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """By the names that promises know."""
    known: dict[str, tuple[str, int]] = {}
    for name, value in ports.items():
        known.setdefault(plain_name(name), value)
    return known


def plain_name(name: str) -> str:
    """Without the number that yosys gives a name that it needs twice."""
    return name.partition("$")[0] or name


def escaped(name: str) -> str:
    """A Verilog identifier of any characters."""
    return f"\\{name} "
