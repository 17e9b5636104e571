"""The page about the boards; written from their modules and measurements: ``python -m bep_boards.flow.reference``."""

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bep_boards.board import Board
from bep_boards.flow.loader import TOOL
from bep_boards.registry import NAMES, find
from bep_hw.link.reference import table

MEASURED = Path(__file__).parents[3] / "benchmarks" / "boards.json"
"""What ``bep bench boards`` wrote."""
FIGURES = ("board", "lanes", "LUT4", "memories", "fmax, MHz", "bitstream, bytes")


def markdown(measured: Sequence[dict[str, Any]]) -> str:
    """The page; ``measured`` are the rows of `MEASURED`."""
    boards = [find(name) for name in NAMES]
    notes = "\n\n".join(map(_notes, boards))
    names = {row["name"] for row in measured}
    missing = ", ".join(board.title for board in boards if board.name not in names)
    later = f"\n\nNot measured yet: {missing}." if missing else ""
    heads = ("`--board`", "board", "chip", "serial port: in, out", "bit/s", "link, training, error", "reset")
    return f"""\
# Boards

Written by `python -m bep_boards.flow.reference` from `boards/` and `benchmarks/boards.json`; not by hand.

{table(heads, [_wires(board) for board in boards])}

Numbers are pins of the chip. *link* lights when bytes come in, *training* when a sample changes weights; *error* stays
lit from the first lost or refused frame until reset, so also when a host tried another rate first: `--baud` spares it
that. `bep program --board NAME` loads a bitstream.

{notes}

## The trainer of digits on each

192-128-128-10 with 8-bit counters, as wide as the chip likes: the whole chip with clocks and serial port, placed and
routed, by `bep bench boards`. (Of an ECP5-12F the open tools use the whole die, twice what its data sheet promises.)

{table(FIGURES, [figures(row) for row in measured])}{later}
"""


def _wires(board: Board) -> tuple[str, ...]:
    uart = f"{_pin(board, *board.uart, 'rx')}, {_pin(board, *board.uart, 'tx')}"
    lights = [_pin(board, *board.leds[name]) if name in board.leds else "–" for name in ("link", "training", "error")]
    reset = _pin(board, *board.reset) if board.reset else "–"
    return f"`{board.name}`", board.title, board.device.name, uart, f"{board.baud:,}", ", ".join(lights), reset


def _pin(board: Board, name: str, number: int, part: str | None = None) -> str:
    """The pin of a resource that is one, or of its ``part``."""
    resource = board.platform().lookup(name, number)
    (leaf,) = [io for io in resource.ios if part is None or getattr(io, "name", None) == part][:1]
    pins = leaf if part is None else leaf.ios[0]
    (pin,) = pins.names
    return str(pin)


def _notes(board: Board) -> str:
    doc = importlib.import_module(f"bep_boards.{board.name}").__doc__ or ""
    _, _, wiring = doc.partition("\n\n")
    load = f"`{' '.join((TOOL, *board.loader, 'BITSTREAM'))}`" if board.loader else f"{TOOL} does not know this board."
    return f"## {board.title}\n\n{wiring.strip()}\n\nLoad: {load}"


def figures(row: dict[str, Any]) -> tuple[str, ...]:
    """A row of `MEASURED` under `FIGURES`."""
    what = row["what"]["title"], str(row["what"]["machine"]["lanes"])
    if "shortages" in row:
        short = "; ".join(f"{s['resource']} {s['needed']} needed, {s['available']} there" for s in row["shortages"])
        return *what, "", f"too small: {short}", "", ""
    build = row["build"]
    memories = ", ".join(f"{number} {kind}" for kind, number in build["block_rams"].items())
    return *what, f"{build['lut4']:,}", memories, f"{build['fmax_worst_mhz']:.1f}", f"{build['bitstream_bytes']:,}"


if __name__ == "__main__":
    print(markdown(json.loads(MEASURED.read_text())["rows"]), end="")
