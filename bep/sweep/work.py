"""What the points of a sweep compute. Arguments and results are plain JSON types; workers need no files of the client's
but data sets that are files themselves.
"""

import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from bep.sweep.spec import as_settings
from bep_ref.config import ConfigError, Machine, Network, Workload
from bep_ref.datasets import Dataset, load
from bep_ref.files.atomic import write_atomically
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

EXPECTED = (ConfigError, OSError)
"""Errors whose message says enough."""


@lru_cache(maxsize=2)
def _load(data: str) -> tuple[Dataset, str]:
    """A data set, which one worker meets again and again, and its digest."""
    dataset = load(data)
    return dataset, dataset.digest()


def learn(data: str, digest: str, settings: dict[str, Any]) -> dict[str, Any]:
    """One run of ``bep train``; accuracies are those of the epoch best on validation data.

    Raises
    ------
    ConfigError : the data are not those of ``digest``, or ``settings`` do not suit them.
    """
    dataset, found = _load(data)
    if found != digest:
        raise ConfigError(f"data: {data} is not on this worker what it is where the sweep was begun")
    trainer = Trainer(prepare(dataset, as_settings(settings)))
    trainer.run()
    model, test = trainer.model, trainer.task.test
    return {
        "best_epoch": model.epoch,
        "train_accuracy": trainer.best.train_accuracy,
        "validation_accuracy": model.validation_accuracy,
        "test_accuracy": accuracy(model.net(), test.x, test.y),
    }


def cycles(network: dict[str, Any], machine: dict[str, Any], workload: dict[str, Any]) -> dict[str, Any]:
    """Cycles a training sample takes, estimated."""
    from amaranth.hdl import UnusedElaboratable

    from bep_estimate.cycles import cycles_per_sample
    from bep_hw.plan.layout import Layout

    layout = Layout(Network.from_dict(network), Machine.from_dict(machine))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedElaboratable)  # units that are only asked for their delay
        found = cycles_per_sample(layout, Workload.from_dict(workload))
    return {"cycles_per_sample_estimated": round(found, 1)}


def size(network: dict[str, Any], machine: dict[str, Any], board: str) -> dict[str, Any]:
    """LUTs, flip-flops and clock, estimated.

    Raises
    ------
    BoardError : the board has not room for it.
    """
    from bep_boards.board import BoardError
    from bep_boards.registry import find
    from bep_estimate.estimate import clock_of, size_of

    device = find(board).device
    found = size_of(Network.from_dict(network), Machine.from_dict(machine), find(board))
    if found.obstacle:
        raise BoardError(f"{board}: does not fit, by estimate; too little {device.family.resources[found.obstacle]}")
    return {"lut4_estimated": found.lut4, "ff_estimated": found.ff, "fmax_mhz_estimated": clock_of(device)}


def synthesise(network: dict[str, Any], machine: dict[str, Any], board: str, build: str) -> dict[str, Any]:
    """The whole chip as a netlist, which stays on the cluster; ``build`` is the hardware's own digest."""
    from bep_boards.flow import synthesis
    from bep_boards.flow.trainer_build import trainer_sources
    from bep_boards.registry import find

    target = find(board)
    source, constraints = trainer_sources(Network.from_dict(network), Machine.from_dict(machine), target)
    with tempfile.TemporaryDirectory() as name:
        used = synthesis.synthesise(source, target.device, "top", Path(name))
        netlist = (Path(name) / "top.json").read_text()
    return {
        "netlist": netlist,
        "constraints": constraints,
        "counts": {"lut4": used.lut4, "ff": used.ff},
    }


def place(board: str, seed: int, netlist: str, constraints: str, counts: dict[str, int]) -> dict[str, Any]:
    """What a chip takes, and its clock as placed and routed with one seed.

    Raises
    ------
    BoardError : the board has not room for it.
    """
    from bep_boards.flow import place
    from bep_boards.registry import find

    device = find(board).device
    with tempfile.TemporaryDirectory() as name:
        write_atomically(Path(name) / "top.json", netlist.encode())
        write_atomically(Path(name) / f"top.{device.family.constraints}", constraints.encode())
        (placement,) = place.place(board, device, "top", Path(name), [seed])
    return {**counts, "fmax_mhz": round(placement.fmax_mhz, 2)}
