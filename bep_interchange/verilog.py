"""Generated Verilog as it is given away: a linter has nothing to say about it."""

import re

WAIVED = {
    "CASEINCOMPLETE": "registers keep their value in cases that are not written",
    "WIDTH": "operands are extended and results cut as the language does it",
}
"""Warnings of Verilator about the style of Amaranth and Yosys, and what that style means."""
EMPTY_WIRE = re.compile(r"^(?: *\(\*[^\n]*\*\)\n)* *wire \[-1:0\] [^\n]*;\n", re.MULTILINE)
"""The declaration of a signal without bits, which nothing refers to."""


def for_linters(text: str) -> str:
    """The Verilog file ``text`` without signals that have no bits, and with comments that waive `WAIVED`.

    ``verilator --lint-only`` has no warning about it. What it describes stays as it is.
    """
    waivers = "".join(f"/* verilator lint_off {name} */ // {reason}\n" for name, reason in WAIVED.items())
    return f"/* verilator lint_save */\n{waivers}{EMPTY_WIRE.sub('', text)}/* verilator lint_restore */\n"
