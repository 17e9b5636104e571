"""Boards that are synthesised, not placed, so that their cells can be counted: what `bep estimate` is fitted to."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bep_boards.flow.synthesis import synthesise
from bep_boards.flow.trainer_build import trainer_sources
from bep_boards.registry import find
from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork
from bep_studies.bench.rows import digest, kept

Row = dict[str, Any]


@dataclass(frozen=True)
class Footprint:
    """A board that is synthesised, not placed: one of the points that cells are fitted to."""

    name: str
    board: str
    network: AnyNetwork
    machine: Machine


SMALL = Network(96, (32, 24), 4)
MNIST = Network(784, (96, 96), 10)


def _up5k(lanes: int, backward_lanes: int = 24, **fields: Any) -> Machine:
    return Machine(lanes, 4, backward_lanes, spram=True, **fields)


def _ecp5(lanes: int, update_lanes: int = 16, backward_lanes: int = 32, **fields: Any) -> Machine:
    return Machine(lanes, update_lanes, backward_lanes, register_plane=True, **fields)


_BARE = {"statistics": False, "receive_buffer": False}
_WHOLE_ECP5 = {"backward_lanes": 0, "z_buffers": 2, "hits_ahead": 2048, "slots": 8, "statistics": False}

FOOTPRINTS = (
    Footprint("i-base", "icebreaker", SMALL, _up5k(24)),
    Footprint("i-lanes", "icebreaker", SMALL, _up5k(96)),
    Footprint("i-back", "icebreaker", SMALL, _up5k(32, 8)),
    Footprint("i-bare", "icebreaker", SMALL, _up5k(24, **_BARE)),
    Footprint("i-inference", "icebreaker", SMALL, _up5k(48, training=False)),
    Footprint("i-mnist", "icebreaker", MNIST, _up5k(112, hits_ahead=2, **_BARE)),
    Footprint("i-large", "icebreaker", Network(784, (128, 64), 10), _up5k(176, 40, **_BARE)),
    Footprint("i-local", "icebreaker", SMALL, _up5k(24, rule="local")),
    Footprint("i-recurrent", "icebreaker", RecurrentNetwork(48, 32, 24, 4, steps=8), _up5k(24)),
    Footprint("i-states", "icebreaker", RecurrentNetwork(96, 96, 48, 4, steps=4), _up5k(48)),
    Footprint("h-update", "ice40_hx8k_b_evn", SMALL, Machine(24, 24, 24)),
    Footprint("h-base", "ice40_hx8k_b_evn", SMALL, Machine(24, 8, 24)),
    Footprint("e-base", "ulx3s_85f", SMALL, _ecp5(32)),
    Footprint("e-lanes", "ulx3s_85f", Network(384, (32, 24), 4), _ecp5(192)),
    Footprint("e-back", "ulx3s_85f", Network(192, (96, 96), 4), _ecp5(96, backward_lanes=96)),
    Footprint("e-update", "ulx3s_85f", Network(192, (32, 24), 4), _ecp5(96, 48)),
    Footprint("e-bare", "ulx3s_85f", SMALL, _ecp5(32, **_BARE)),
    Footprint("e-inference", "ulx3s_85f", SMALL, _ecp5(64, training=False)),
    Footprint("e-wide", "ulx3s_85f", MNIST, _ecp5(224, training=False)),
    Footprint("e-local", "ulx3s_85f", SMALL, _ecp5(32, rule="local")),
    Footprint("e-recurrent", "ulx3s_85f", RecurrentNetwork(96, 64, 32, 4, steps=8), _ecp5(64)),
    Footprint("e-states", "ulx3s_85f", RecurrentNetwork(128, 160, 64, 4, steps=4), _ecp5(64)),
    Footprint("e-cache", "ulx3s_85f", SMALL, _ecp5(32, cache_samples=1000)),
    Footprint("e-mnist", "ulx3s_85f", Network(784, (128, 128), 10), _ecp5(96, 32, **_WHOLE_ECP5)),
)
"""Small boards that differ in one thing each, and a few large ones."""


def synthesise_all(folder: Path, show: Callable[[str, int, int], None]) -> list[Row]:
    """A row for each of `FOOTPRINTS`, kept in ``folder``: after an interruption the rest follows."""
    rows = []
    for done, footprint in enumerate(FOOTPRINTS):
        show(footprint.name, done, len(FOOTPRINTS))
        source, _ = trainer_sources(footprint.network, footprint.machine, find(footprint.board))
        what = {
            "digest": digest(source, footprint.network, footprint.machine),
            "board": footprint.board,
            "network": footprint.network.to_dict(),
            "machine": footprint.machine.to_dict(),
        }
        place = folder / footprint.name
        rows.append(kept(place, footprint.name, what, ("digest",), partial(_synthesise, footprint, source)))
    return rows


def _synthesise(footprint: Footprint, source: str) -> Row:
    with tempfile.TemporaryDirectory() as name:
        return asdict(synthesise(source, find(footprint.board).device, "top", Path(name)))
