"""``bep estimate``: size and speed of a trainer before it is built."""

import argparse
from dataclasses import replace
from typing import Any

from bep.console import Table
from bep.machine_presets import add_machine_preset, required_board, use_machine_preset
from bep.options import add_machine, add_network, add_record, machine, network, record
from bep_ref.config import AnyNetwork, ConfigError, Machine, Network, Workload, on_chip

NAME = "estimate"
HELP = "tell size and speed of a trainer before it is built"
DESCRIPTION = """\
Whether the trainer of a network fits a board, how much of the chip it takes and how many samples a second it learns.

  bep estimate --board icebreaker --inputs 784 --hidden 96 96 --classes 10 --lanes 196 --no-statistics
  bep estimate --preset ulx3s-mnist --lanes 224
  bep estimate --board icebreaker --hidden 96 96 --fit lanes           the most lanes that fit
  bep estimate --board ulx3s_85f --inputs 192 --fit network            the widest hidden layers that fit
  bep estimate --board icebreaker --target-samples-per-second 20000    the fewest lanes that are so fast
  bep estimate --board icebreaker --inputs 192 --hidden 64 64 --rule local        learning by local error signals
  bep estimate --board icebreaker --inputs 96 --state 96 --output 96 --steps 8    sequences, by a recurrent network

Memories are exact. Cycles are simulated pass by pass, LUTs and clock are fitted to boards that were built; how far
they are off is shown (docs/estimate.md). A first epoch's cycles are meant: later fewer samples trigger. Of sequences
all steps count, and 16 % of the rows pass errors on unless --gated says otherwise.
"""

NETWORK = Network(784, (96, 96), 10)
FITS = ("lanes", "network")
GATED_IN_TIME = 0.16
"""Share of a recurrent network's rows that pass errors on: of the digits and of ItalyPowerDemand in a first epoch, with
gates of 0.05 and 0.1."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bep_boards.registry import NAMES

    parser.add_argument("--board", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    search = parser.add_mutually_exclusive_group()
    search.add_argument("--fit", choices=FITS, help="propose the most lanes, or the widest layers, that fit")
    search.add_argument(
        "--target-samples-per-second",
        type=float,
        metavar="X",
        help="propose the fewest lanes that learn so many; above 0 samples a second",
    )
    add_machine_preset(parser)
    add_network(parser, NETWORK)
    add_machine(parser)
    add_record(parser, Workload, "workload", "What decides the cycles beside sizes.")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_boards.registry import find
    from bep_estimate.estimate import estimate
    from bep_estimate.search import fast_enough, largest_network, most_lanes

    fixed = use_machine_preset(args)
    board, shape, workload = find(required_board(args)), on_chip(network(args, NETWORK)), record(args, Workload)
    if shape.SEQUENTIAL and args.gated is None:
        workload = replace(workload, gated=GATED_IN_TIME)
    if (args.fit == "lanes" or args.target_samples_per_second is not None) and args.lanes is not None:
        raise ConfigError(f"lanes: {args.lanes} is given, and lanes are what is asked for")
    target = args.target_samples_per_second
    if target is not None and not target > 0:
        raise ConfigError(f"target_samples_per_second: {target:g} is out of range; it must be above 0")

    def machine_of(of: AnyNetwork, lanes: int) -> Machine:
        return machine(args, of, lanes, **{**board.machine, **fixed})

    if args.fit == "network":
        shape = largest_network(shape, board, machine_of)
    if target is not None:
        found = fast_enough(shape, board, workload, machine_of, target)
    else:
        wide = args.fit == "lanes"
        chosen = most_lanes(shape, board, machine_of) if wide else machine_of(shape, board.lanes)
        found = estimate(shape, chosen, board, workload)
    result = {"board": board.name, **found.report(), "workload": workload.to_dict()}
    args.report.print(_table(result, f"{shape} on {board.title}", board.device.family.resources))
    return result


def _table(result: dict[str, Any], title: str, words: Any) -> Table:
    table = Table(title=title, caption="largest errors: on the boards that were measured")
    for heading in ("", "estimate", "largest error"):
        table.add_column(heading)
    table.add_row("fits", "yes" if result["fits"] else f"no: too little {words[result['obstacle']]}", "")
    table.add_row("lanes", str(result["machine"]["lanes"]), "")
    counts = {"LUT4": f"{result['lut4']:,}", "flip-flops": f"{result['ff']:,}"}
    counts |= {words[n]: f"{count['used']:,} of {count['available']:,}" for n, count in result["utilisation"].items()}
    errors = {"LUT4": _error("lut4"), "flip-flops": _error("ff")}
    for name, count in counts.items():
        table.add_row(name, count, errors.get(name, "exact" if "RAM" in name else ""))
    table.add_row("cycles a sample", f"{result['cycles_per_sample']:,.0f}", _error("cycles_per_sample"))
    clock, rate = result["fmax_mhz"], result["samples_per_second"]
    table.add_row("clock", *(("never measured", "") if clock is None else (f"{clock:.1f} MHz", _error("fmax_mhz"))))
    table.add_row("samples a second", "not known" if rate is None else f"{rate:,}", "")
    return table


def _error(name: str) -> str:
    from bep_estimate.footprint import coefficients

    worst = coefficients()["worst_error"].get(name)
    return "" if worst is None else f"{worst:.1%}"
