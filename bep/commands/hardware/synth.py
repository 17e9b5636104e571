"""``bep synth``: build a bitstream for a board."""

import argparse
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.machine_presets import add_machine_preset, required_board, use_machine_preset
from bep.options import add_jobs, add_machine, add_network, at_least, machine, network
from bep_boards.registry import NAMES, find
from bep_ref.config import Network

NAME = "synth"
HELP = "build a bitstream for a board, and measure it"
WRITES = ("out",)
DESCRIPTION = """\
Synthesise the trainer of a network, place and route it with one or more seeds, and pack the fastest into a bitstream.
The clock on the chip is set to the speed that was reached.

  bep synth --board icebreaker --out build/icebreaker
  bep synth --preset icebreaker-mnist --out build/icebreaker     a measured trainer as it is (bep_boards.presets)
  bep synth --board ulx3s_85f --hidden 256 256 --seeds 4 --out build/ulx3s

Speed differs from seed to seed by 5 to 25 %: quote the median and the worst of several. DIR receives the bitstream,
the tools' logs and report.json.
"""

NETWORK = Network(784, (96, 96), 10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="placements to try; at least 1, seeds 1 to N (default: 1)"
    )
    add_jobs(parser)
    add_machine_preset(parser)
    add_network(parser, NETWORK)
    add_machine(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_boards.flow.trainer_build import build_trainer

    at_least(args, seeds=1, jobs=1)
    fixed = use_machine_preset(args)
    board, shape = find(required_board(args)), network(args, NETWORK)
    chosen = machine(args, shape, board.lanes, **{**board.machine, **fixed})
    with progress_bar(args.progress) as progress:
        bar = progress.add_task(f"{board.name}: {shape}", total=None)

        def show(stage: str, done: int, total: int) -> None:
            progress.update(bar, description=f"{board.name}: {stage}", completed=done, total=total)

        built = build_trainer(shape, chosen, board, args.out, tuple(range(1, args.seeds + 1)), args.jobs, show)
    result = {"network": str(shape), "machine": chosen.to_dict(), **built.report()}
    args.report.print(_summary(result, f"{shape} on {board.title}"))
    return result


def _summary(result: dict[str, Any], title: str) -> Table:
    table = Table(show_header=False, title=title)
    table.add_row("fmax, median", f"{result['fmax_median_mhz']:.1f} MHz")
    table.add_row("fmax, worst", f"{result['fmax_worst_mhz']:.1f} MHz of {len(result['seeds'])} seeds")
    if lost := result["seeds_without_place"]:
        table.add_row("no place found", f"seeds {', '.join(map(str, lost))}")
    table.add_row("clock", f"{result['clock_mhz']:.2f} MHz (seed {result['best_seed']})")
    table.add_row("LUT4", f"{result['lut4']:,}")
    table.add_row("flip-flops", f"{result['ff']:,}")
    for name, number in result["block_rams"].items():
        table.add_row(name, str(number))
    for name, entry in result["utilisation"].items():
        table.add_row(name, f"{entry['used']:,} of {entry['available']:,} ({entry['used'] / entry['available']:.0%})")
    table.add_row("bitstream", result["bitstream"])
    return table
