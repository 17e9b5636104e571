"""From a specification to the points that have to be computed, and the row of the table that each of them serves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bep.sweep.point import Point
from bep.sweep.spec import Settings, Spec, as_settings
from bep_ref.config import AnyNetwork, ConfigError, Training, Workload, perceptron
from bep_ref.datasets import Dataset, load
from bep_ref.runs.task import design

KNOWN = 256
"""Samples that suffice to tell how many bits a binariser makes of each."""


Hardware = tuple[str | None, int | None, dict[str, Any], tuple[Point, ...]]
"""Board, placement seed, sizes, and the points that tell the rest."""


@dataclass(frozen=True)
class Row:
    """One line of the table: ``settings`` of the grid with one seed on one board with one placement, and its points.

    ``board`` and ``placement_seed`` are None in a sweep without; ``facts`` are known before anything is computed.
    """

    settings: Settings
    seed: int
    board: str | None
    placement_seed: int | None
    facts: dict[str, Any]
    points: tuple[Point, ...]


def rows_of(spec: Spec) -> list[Row]:
    """All rows of ``spec``, in the order of its lists.

    Raises
    ------
    ConfigError : data that cannot be read, or a combination of the grid that does not suit them or the boards.
    """
    dataset = load(spec.data)
    digest = dataset.digest()
    rows: list[Row] = []
    for settings in spec.combinations:
        network, training = _design(dataset, settings)
        facts = {"network": str(network), "synapses": network.synapses}
        hardware: list[Hardware] = list(_hardware(spec, network, training)) or [(None, None, {}, ())]
        for seed in spec.seeds:
            what = {"data": spec.data, "digest": digest, "settings": _plain({**settings, "seed": seed})}
            learning = Point("learn", what)
            rows += [
                Row(settings, seed, board, placement, facts | sizes, (learning, *points))
                for board, placement, sizes, points in hardware
            ]
    return rows


def _design(dataset: Dataset, settings: Settings) -> tuple[AnyNetwork, Training]:
    """What learns, by ``settings`` that leave out nothing but what has a default."""
    needed = ("state", "output") if dataset.sequential else ("hidden",)
    for name in () if "preset" in settings else needed:
        if name not in settings:
            raise ConfigError(f"grid.{name}: nothing is out of range; it must be a list of what {dataset.spec} needs")
    _, network, training = design(dataset, as_settings(settings), dataset.x_train[:KNOWN])
    return network, training


def _hardware(spec: Spec, network: AnyNetwork, training: Training) -> Iterator[Hardware]:
    """All that is to be known of one network's hardware."""
    if not spec.boards:
        return
    from bep_boards.registry import find
    from bep_hw.plan.choose import choose_machine
    from bep_hw.plan.identity import build_digest

    shape = perceptron(network, "boards")
    workload = Workload(training.batch_size, training.group_size[0], reinforcement=training.reinforcement)
    for name in spec.boards:
        board = find(name)
        machine = choose_machine(shape, board.lanes, **{**board.machine, "rule": training.rule})
        what = {"network": _plain(shape.to_dict()), "machine": machine.to_dict()}
        cycles = Point("cycles", {**what, "workload": workload.to_dict()})
        sizes = {"lanes": machine.lanes}
        if not spec.placement_seeds:
            yield name, None, sizes, (cycles, Point("size", {**what, "board": name}))
        build = f"{build_digest(shape, machine):08x}"
        chip = Point("synthesise", {**what, "board": name, "build": build})
        for seed in spec.placement_seeds:
            yield name, seed, sizes, (cycles, Point("place", {"board": name, "seed": seed}, chip))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it, which knows no tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
