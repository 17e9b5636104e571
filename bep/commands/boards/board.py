"""``bep board``: simulate a board behind a pseudo-terminal, or ask a board who it is."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bep.console import Console
from bep.options import add_baud, add_machine, add_network, board_machine, network
from bep_ref.config import AnyNetwork, ConfigError, Machine, Network

if TYPE_CHECKING:
    from bep_sim.board.simulated_board import SimulatedBoard

NAME = "board"
HELP = "simulate a board, or ask one who it is"
DESCRIPTION = """\
bep board --simulate runs the generated hardware, link and trainer, as a compiled program behind a pseudo-terminal and
prints its name: any program that opens serial ports sees a board. Ctrl-C ends it.

  bep board --simulate --board icebreaker --inputs 192 --hidden 128 128 --classes 10
  bep run --port /dev/pts/7 --data digits --epochs 2 --check

  bep board --port auto            which network a board holds, and what it was built from
"""

NETWORK = Network(784, (96, 96), 10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--simulate", action="store_true", help="run a simulated board until Ctrl-C")
    what.add_argument("--port", metavar="PORT", help="ask the board at this serial port, or the first found with auto")
    add_baud(parser)
    parser.add_argument(
        "--build", type=Path, default=Path("build/board"), metavar="DIR", help="folder of builds (default: build/board)"
    )
    add_network(parser, NETWORK)
    add_machine(parser, board=True)


def run(args: argparse.Namespace) -> dict[str, Any]:
    return _ask(args) if args.port else _simulate(args)


def _ask(args: argparse.Namespace) -> dict[str, Any]:
    from bep_host.device import Device

    with Device(args.port, args.baud) as device:
        statistics = device.statistics() if device.machine.statistics else {}
        result = {
            "port": device.name,
            "network": device.network.to_dict(),
            "lanes": device.machine.lanes,
            "build": f"{device.build:08x}",
            "statistics": statistics,
        }
        args.report.print(
            f"{device.name}: {device.network}, {device.network.counter_bits}-bit counters, "
            f"{device.machine.lanes} lanes, build {result['build']}"
        )
    return result


def _simulate(args: argparse.Namespace) -> dict[str, Any]:
    shape = network(args, NETWORK)
    chosen = board_machine(args, shape)
    with simulated(shape, chosen, args.build, args.progress) as board:
        # a script waits for this line, so it must not wait in a buffer
        args.report.print(f"board at {board.port}: {shape}, {chosen.lanes} lanes; Ctrl-C ends it")
        args.report.file.flush()
        try:
            board.wait()
        except KeyboardInterrupt:
            args.progress.print("board switched off")
        else:
            raise ConfigError("board: the simulation ended by itself")
    return {"network": shape.to_dict(), "machine": chosen.to_dict(), **board.statistics}


@contextmanager
def simulated(shape: AnyNetwork, chosen: Machine, build: Path, progress: Console) -> Iterator["SimulatedBoard"]:
    """A simulated board, compiled into folder ``build`` if it is not there yet, for as long as the context lasts."""
    from bep_sim.board.simulated_board import SimulatedBoard
    from bep_sim.tools.compiled import compile_board

    with progress.status(f"compiling {shape} on {chosen.lanes} lanes", spinner="line"):
        program = compile_board(shape, chosen, build)
    with SimulatedBoard(program) as board:
        yield board
