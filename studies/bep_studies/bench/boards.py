"""The digits trainer on every board: what it takes there and how fast it is, or what the board lacks for it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bep_boards.board import Board, TooSmallError
from bep_boards.flow.trainer_build import build_trainer, trainer_sources
from bep_boards.registry import find
from bep_hw.plan.choose import choose_machine
from bep_ref.config import Machine, Network
from bep_studies.bench.rows import digest, kept

DIGITS = Network(192, (128, 128), 10)

DECIDING = ("digest", "seeds")
"""What makes a row another one."""


def describe(board: Board, network: Network, machine: Machine, seeds: Sequence[int]) -> dict[str, Any]:
    """What a row measures. ``digest`` is that of the whole chip with its pins."""
    return {
        "digest": digest("".join(trainer_sources(network, machine, board)), network, machine),
        "title": board.title,
        "device": board.device.name,
        "network": str(network),
        "counter_bits": network.counter_bits,
        "machine": machine.to_dict(),
        "seeds": list(seeds),
    }


def measure(
    board: Board, network: Network, machine: Machine, seeds: Sequence[int], jobs: int, folder: Path, show: Any
) -> dict[str, Any]:
    """``build``, the flow's report, or ``shortages``; ``seconds`` it took."""
    started = time.monotonic()
    try:
        built = build_trainer(network, machine, board, folder, seeds, jobs, show)
        report = built.report()
        del report["bitstream"]
        found: dict[str, Any] = {"build": {**report, "bitstream_bytes": built.bitstream.stat().st_size}}
    except TooSmallError as error:
        found = {"shortages": [asdict(shortage) for shortage in error.shortages]}
    return {**found, "seconds": round(time.monotonic() - started)}


def measure_all(
    names: Sequence[str],
    seeds: Sequence[int],
    jobs: int,
    folder: Path,
    show: Callable[[str, str, int, int], None],
    network: Network = DIGITS,
) -> list[dict[str, Any]]:
    """One row a board. Rows are kept in ``folder`` as they are measured: after an interruption the rest follows."""
    rows = []
    for name in names:
        board = find(name)
        machine = choose_machine(network, board.lanes, **board.machine)
        place = folder / name
        figures = partial(measure, board, network, machine, seeds, jobs, place, partial(show, name))
        rows.append(kept(place, name, describe(board, network, machine, seeds), DECIDING, figures))
    return rows
