"""The link under torture, on a simulated board."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bep_host.device import Device
from bep_host.torture import Torture
from bep_ref.config import Machine, perceptron
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.tools.compiled import compile_board

DATA = "prototypes:classes=4,bits=40,flip=0.3,train=300,test=100"
SETTINGS = {"hidden": (16, 8), "batch_size": 10}
MACHINE = Machine(lanes=8, update_lanes=8)


def torture_simulated(frames: int, directory: Path, progress: Callable[[int, int], Any]) -> dict[str, Any]:
    """The outcome of ``frames`` damaged frames as plain JSON types; builds are kept in ``directory``."""
    task = prepare(load(DATA), SETTINGS)
    with SimulatedBoard(compile_board(perceptron(task.network, "data"), MACHINE, directory)) as board:
        with Device(board.port) as device:
            outcome = Torture(device, task, seed=1).run(frames, progress)
    return {"network": str(task.network), **outcome, "bytes_lost": board.statistics["bytes_lost"]}
