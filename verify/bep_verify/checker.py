"""Unbounded proofs: property directed reachability (IC3), as the ABC inside yosys has it.

yosys turns a bench into an and-inverter graph with one output a property; ABC looks for an inductive invariant that
keeps the output low, or for a run that raises it. Whatever it answers holds for runs of any length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Fragment

from bep_boards.flow.tools import Job, prepare, run
from bep_ref.files.atomic import write_atomically
from bep_verify.proof import Proof

SECONDS = 120
"""ABC gives up on a property after so long."""

TO_GRAPH = """\
prep -top top -flatten
memory_map
async2sync
techmap
opt -full -nodffe -nosdff
dffunmap
aigmap
opt_clean
write_aiger -zinit -symbols bench.aig
"""

CARRIER = """\
read_verilog <<EOT
module carrier(input a, input b, output c); assign c = a & b; endmodule
EOT
synth -top carrier
abc -g AND -script bench.abc
"""
"""ABC is reached through a pass that maps logic, so some logic is mapped: read back behind the proofs."""

ANSWERS = {"snl_UNSAT": "never", "snl_SAT": "reached"}


@dataclass(frozen=True)
class Verdict:
    """``name`` of the property; whether it is a claim, or an event that has to be possible; and whether that is so.

    ``frames`` is how many frames of an invariant the search had made by then.
    """

    name: str
    claim: bool
    holds: bool
    decided: bool
    frames: int


def check(proof: Proof, folder: Path, seconds: int = SECONDS) -> list[Verdict]:
    """Decide every claim and event of ``proof``; files go to ``folder``.

    Raises `ToolError` if yosys fails.
    """
    prepare("yosys")
    run(task(proof, folder, seconds))
    return verdicts(proof, folder)


def task(proof: Proof, folder: Path, seconds: int = SECONDS) -> Job:
    """What decides every claim and event of ``proof``, for `verdicts` to read; files go to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    bench = Fragment.get(proof, None)
    text = rtlil.convert(bench, name="top", ports=[*proof.inputs, proof.violated, proof.reached], emit_src=False)
    write_atomically(folder / "bench.il", text.encode())
    return search(folder, len(_properties(proof)), seconds)


def search(
    folder: Path,
    outputs: int,
    seconds: int = SECONDS,
    load: str = "read_rtlil bench.il",
    simpler: Sequence[str] = ("scorr",),
) -> Job:
    """What decides whether an output bit of the module ``top`` is ever high, for `answers` to read.

    ``load`` are yosys's commands that read the module, from files in ``folder``. Its outputs have to be registers.
    ``simpler`` are ABC's commands in front of the search. By the first one registers that are always equal become one:
    what is proven is often beside a copy of its own state.
    """
    script = ["strash", "write_blif carrier.blif"]
    for number in range(outputs):
        for suffix in ("txt", "aig"):
            (folder / f"{number}.{suffix}").unlink(missing_ok=True)
        script += ["read_aiger bench.aig", f"cone -O {number}", *simpler, f"write_aiger {number}.aig"]
        script += [f"pdr -T {seconds}", f"write_status {number}.txt"]
    write_atomically(folder / "bench.abc", "\n".join([*script, "read_blif carrier.blif", ""]).encode())
    write_atomically(folder / "bench.ys", f"{load}\n{TO_GRAPH}design -reset\n{CARRIER}".encode())
    return Job("yosys", ("-q", "-l", "yosys.log", "-s", "bench.ys"), folder)


def verdicts(proof: Proof, folder: Path) -> list[Verdict]:
    """What became of each claim and event, once the `task` is done."""
    properties = _properties(proof)
    return [
        Verdict(name, claim, found == ("never" if claim else "reached"), found is not None, frames)
        for (name, claim), (found, frames) in zip(properties, answers(folder, len(properties)), strict=True)
    ]


def answers(folder: Path, outputs: int) -> list[tuple[str | None, int]]:
    """Whether each output is "never" high or is "reached", once the `search` is done; and its ``frames``.

    None where its seconds did not suffice.
    """
    return [_answer(folder / str(number)) for number in range(outputs)]


def _properties(proof: Proof) -> list[tuple[str, bool]]:
    return [(name, True) for name in proof.claims] + [(name, False) for name in proof.events]


def _answer(place: Path) -> tuple[str | None, int]:
    header, *rest = place.with_suffix(".aig").read_bytes().split(b"\n")
    status = place.with_suffix(".txt").read_text()
    if rest[int(header.split()[3])] == b"0":  # the output is a constant, of which the search says nothing
        status = "snl_UNSAT 0"
    answer, frame = re.match(r"(\S+) (-?\d+)", status).groups()  # type: ignore[union-attr]
    return ANSWERS.get(answer), int(frame)
