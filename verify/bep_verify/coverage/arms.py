"""Where in a design's Verilog a branch is, in words that do not change with the design's sizes."""

import re
from dataclasses import dataclass

MODULE = re.compile(r"^module \\?(?P<name>\S+)")
BLOCK = re.compile(r"^  always @\*")
ASSIGNED = re.compile(r"^\s*(?!\(\*)(?:assign )?(?P<target>\S+) .*?<?=")
REGISTER = re.compile(r"^    (?P<register>\S+) <= (?P<value>\\\$\d+) ;")
VALUE = re.compile(r"^  assign (?P<value>\\\$\d+) .*?\(\* src = \"[^\"]*?(?P<source>[^/\"]+)\" \*\)")
CASE = re.compile(r"^(?P<indent> +)casez \((?P<of>.*)\)")
ITEM = re.compile(r"^(?P<indent> +)(?P<item>[^ ].*):$")
IF = re.compile(r"\bif \((?P<condition>.*)\) begin")
UNNAMED = re.compile(r"\\\$\d+")
NUMBER = re.compile(r"\\|\$\d+")
PLACE_HOLDER = "$auto$"
"""What yosys adds to every combinational block, so that it runs once."""


@dataclass(frozen=True)
class Place:
    """``what`` is assigned under ``condition``: signals, or the lines of the source where they are computed."""

    what: str
    condition: str


def places(verilog: str) -> dict[tuple[str, int], Place]:
    """By module and number, every line of ``verilog`` on which a branch may begin."""
    names = _names(verilog)
    found: dict[tuple[str, int], Place] = {}
    module = what = ""
    cases: dict[int, str] = {}

    def named(text: str) -> str:
        text = UNNAMED.sub(lambda match: names.get((module, match[0]), "a value"), text)
        return NUMBER.sub("", text).strip()

    for number, line in enumerate(verilog.splitlines(), start=1):
        if PLACE_HOLDER in line:
            continue
        if match := MODULE.match(line):
            module = match["name"]
        if BLOCK.match(line):
            what, cases = "", {}
        if (not what or line.startswith("  assign")) and (match := ASSIGNED.match(line)):
            what = named(match["target"])
        condition = ""
        if match := CASE.match(line):
            cases[len(match["indent"]) + 2] = match["of"]
        elif match := IF.search(line):
            condition = match["condition"]
        elif match := ITEM.match(line):
            condition = f"{cases.get(len(match['indent']), '')} is {match['item']}"
        found[module, number] = Place(what, named(condition))
    return found


def _names(verilog: str) -> dict[tuple[str, str], str]:
    """By module, what a value without a name is: the register that takes it, or where the source computes it."""
    names = {}
    module = ""
    for line in verilog.splitlines():
        if match := MODULE.match(line):
            module = match["name"]
        elif match := REGISTER.match(line):
            names[module, match["value"]] = match["register"]
        elif match := VALUE.match(line):
            names[module, match["value"]] = match["source"]
    return names
