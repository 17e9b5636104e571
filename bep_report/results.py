"""What each command leaves in a run folder, as the page needs it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import AnyNetwork, ConfigError, Training, network_from_dict, training_from_dict
from bep_ref.runs.train import Epoch

Result = TypeVar("Result")


def read_json(path: Path, parse: Callable[[dict[str, Any]], Result]) -> Result | None:
    """The JSON object in ``path`` as ``parse`` understands it; None where there is no such file.

    Raises
    ------
    ConfigError : a file that ``parse`` does not understand; one line that names it.
    """
    if not path.exists():
        return None
    try:
        return parse(json.loads(path.read_text()))
    except (ConfigError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path}: damaged, or of another program ({type(error).__name__}: {error})") from None


@dataclass(frozen=True)
class Metrics:
    """What `bep train` or `bep run` measured.

    ``confusion`` (classes, classes) of test data, row = true class, and ``classes``, their names, are None and () in
    folders written before they were kept. ``image`` are rows and columns of samples that are images, else ().
    """

    data: str
    network: AnyNetwork
    training: Training
    history: tuple[Epoch, ...]
    best: Epoch
    test_accuracy: float
    samples_per_second: float
    classes: tuple[str, ...]
    confusion: NDArray[np.int64] | None
    image: tuple[int, ...]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        history = tuple(Epoch.from_dict(epoch) for epoch in values["history"])
        confusion = values.get("confusion")
        return cls(
            data=values["data"],
            network=network_from_dict(values["network"]),
            training=training_from_dict(values["training"]),
            history=history,
            best=history[values["best_epoch"] - 1],
            test_accuracy=float(values["test_accuracy"]),
            samples_per_second=float(values["samples_per_second"]),
            classes=tuple(values.get("classes", ())),
            confusion=None if confusion is None else np.array(confusion, dtype=np.int64),
            image=tuple(values.get("image", ())),
        )


@dataclass(frozen=True)
class Cosim:
    """What `bep cosim` counted: cycles of the ``passes``, which add up, over ``samples`` samples.

    ``utilisation`` is each engine's share of cycles with a word read, and that of the one which bounds the run.
    Folders written before passes were told apart have no ``passes``.
    """

    network: str
    lanes: int
    samples: int
    triggered: int
    mismatches: int
    compared: int
    passes: dict[str, int]
    cycles_per_sample: float
    utilisation: dict[str, float]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        compared = (f"{name}_compared" for name in ("counters", "visible", "predictions"))
        engines = {"propagate engine": "propagate", "update engine": "update", "whichever bounds": "bound"}
        return cls(
            network=values["network"],
            lanes=int(values["machine"]["lanes"]),
            samples=int(values["samples"]),
            triggered=int(values["triggered"]),
            mismatches=int(values["mismatches"]),
            compared=sum(int(values[name]) for name in compared),
            passes={name: int(cycles) for name, cycles in values.get("cycles_by_pass", {}).items()},
            cycles_per_sample=float(values["cycles_per_sample"]),
            utilisation={
                engine: float(values[f"{name}_utilisation"])
                for engine, name in engines.items()
                if f"{name}_utilisation" in values
            },
        )


@dataclass(frozen=True)
class Floorplan:
    """Placed cells: rows (column, row, resource, part, number) of ``cells``; see `bep_boards.flow.floorplan`."""

    device: str
    grid: tuple[int, int]
    parts: tuple[str, ...]
    resources: tuple[str, ...]
    memories: frozenset[int]
    cells: NDArray[np.int64]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        width, height = values["grid"]
        cells = np.array(values["cells"], dtype=np.int64).reshape(-1, 5)
        parts, resources = tuple(values["parts"]), tuple(values["resources"])
        if (cells < 0).any() or (cells[:, :4] >= (width, height, len(resources), len(parts))).any():
            raise ValueError("a cell outside of the grid")
        return cls(values["device"], (width, height), parts, resources, frozenset(values["memories"]), cells)


@dataclass(frozen=True)
class Build:
    """What `bep synth` left in ``folder``: ``used`` resources of those ``available``, MHz of each seed."""

    folder: Path
    board: str
    device: str
    lut4: int
    flip_flops: int
    resources: dict[str, tuple[int, int]]
    fmax_mhz: dict[int, float]
    clock_mhz: float | None
    floorplan: Floorplan | None

    @classmethod
    def read(cls, folder: Path) -> "Build | None":
        plan = read_json(folder / "floorplan.json", Floorplan.from_dict)

        def build(values: dict[str, Any]) -> Build:
            return cls(
                folder=folder,
                board=values["board"],
                device=values["device"],
                lut4=int(values["lut4"]),
                flip_flops=int(values["ff"]),
                resources={name: (e["used"], e["available"]) for name, e in values["utilisation"].items()},
                fmax_mhz=dict(zip(values["seeds"], values["fmax_mhz"], strict=True)),
                clock_mhz=values.get("clock_mhz"),
                floorplan=plan,
            )

        return read_json(folder / "report.json", build)
