"""``bep gates``: the netlists that boards are built from, trained beside the golden model."""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import add_machine, add_network, at_least, machine, network
from bep_boards.registry import NAMES, find
from bep_ref.config import Network

NAME = "gates"
HELP = "train the netlists of boards beside the golden model"
WRITES = ("build",)
DESCRIPTION = """\
Synthesise the trainer for a board's chip, simulate the netlist, LUTs, flip-flops and memories as the chip has them,
and train it on random samples, over streams that stall, beside the golden model: every counter, prediction and trigger
is compared.

  bep gates                                  one board of each family, a small network
  bep gates --board versa_ecp5 --inputs 40 --hidden 24 24
  bep gates --four-valued                    and before synthesis by Icarus Verilog, memories unknown at first

Four-valued simulation needs iverilog on PATH; there an output that is unknown in any cycle is a failure.

Exit code 1 if a single bit differs.
"""

NETWORK = Network(18, (12, 8), 5)
BOARDS = ("icebreaker", "ice40_hx8k_b_evn", "ulx3s_85f")
"""Counters in single-port memories, in block RAM of the same family, in block RAM of the other."""
LANES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--board",
        nargs="+",
        default=BOARDS,
        metavar="NAME",
        help=f"of {', '.join(NAMES)} (default: {' '.join(BOARDS)})",
    )
    for name, default in (("samples", 60), ("epochs", 2)):
        parser.add_argument(
            f"--{name}", type=int, default=default, metavar="N", help=f"at least 1 (default: {default})"
        )
    parser.add_argument(
        "--build", type=Path, default=Path("build/gates"), metavar="DIR", help="folder of work (default: build/gates)"
    )
    parser.add_argument(
        "--four-valued", action="store_true", help="simulate in four-valued logic before synthesis, too"
    )
    add_network(parser, NETWORK)
    add_machine(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_verify.gates import compare, know

    at_least(args, samples=1, epochs=1)
    shape = network(args, NETWORK)
    boards = [find(name) for name in args.board]
    rows: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("netlists", total=len(boards))
        for board in boards:
            chosen = machine(args, shape, LANES, **board.machine)
            if args.four_valued:
                unknown.append(know(shape, chosen, args.build, args.samples, args.epochs))
            rows.append(compare(board, shape, chosen, args.build, args.samples, args.epochs))
            progress.advance(bar)
    args.report.print(_table(rows))
    if unknown:
        args.report.print(f"four-valued: {len(unknown)} machines, every output known in every cycle", highlight=False)
    result = {"netlists": rows, "four_valued": unknown}
    for row in rows + unknown:
        if row["mismatches"]:
            where = row.get("board", "four-valued")
            raise CheckError(f"{where}: {row['mismatches']} bits differ; first: {row['first_difference']}", result)
    return result


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title=f"{rows[0]['network']} after synthesis", title_justify="left")
    for name in ("chip", "LUT4", "flip-flops", "memories", "samples", "counters compared", "mismatches"):
        table.add_column(name)
    for row in rows:
        memories = ", ".join(f"{count} {name}" for name, count in row["block_rams"].items())
        numbers = (row["samples"], row["counters_compared"], row["mismatches"])
        table.add_row(
            row["chip"], f"{row['lut4']:,}", f"{row['ff']:,}", memories, *(f"{number:,}" for number in numbers)
        )
    return table
