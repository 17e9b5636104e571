"""What a co-simulation plays into the hardware, and what it saw: the files between the two processes."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray

from bep_hw.plan.layouts import AnyLayout, layout_of
from bep_ref.config import AnyNetwork, Machine
from bep_ref.files.atomic import write_atomically
from bep_sim.course import GoldenCourse
from bep_sim.stalls import Pace

Ints = NDArray[Any]


class _Filed:
    def save(self, path: Path) -> None:
        write_atomically(path, pickle.dumps(self))

    @classmethod
    def load(cls, path: Path) -> Self:
        with path.open("rb") as file:
            loaded = pickle.load(file)
        assert isinstance(loaded, cls)
        return loaded


@dataclass
class EpochJob:
    """Register writes, then samples ``x`` (n, K_0) of ±1, or (n, T, K_x) with zeros after the end of a sequence, with
    classes ``y``; ``last`` ends a mini-batch, what is not to ``train`` is only classified. ``cached`` samples are
    written once, and the hardware learns them by itself.
    """

    registers: dict[int, int]
    x: Ints
    y: Ints
    last: Ints
    train: Ints
    cached: bool = False


@dataclass
class Job(_Filed):
    """A whole run: machine, initial state (all classifiers that the layout holds), register writes, epochs.
    A window network has a ``readout`` (C, U) in the place of classifiers.

    Its steps are compared with those of a ``course``, if there is one. A ``netlist`` is Verilog that takes the place of
    the generated hardware, simulated in ``four_valued`` logic or not.
    """

    network: AnyNetwork
    machine: Machine
    counters: list[Ints]
    classifiers: list[Ints]
    registers: dict[int, int]
    epochs: list[EpochJob]
    stalls: Mapping[str, Pace] = field(default_factory=dict)
    netlist: str = ""
    four_valued: bool = False
    course: GoldenCourse | None = None
    readout: Ints | None = None

    @cached_property
    def layout(self) -> AnyLayout:
        return layout_of(self.network, self.machine)


@dataclass
class Observed(_Filed):
    """One entry per epoch: predictions and triggers per sample, counters (of a trainer) and visible words at its end.

    Of an epoch from the cache only the number of ``correct`` predictions is known. Beside a course there are the steps
    ``traced``, by kind, and the first ``difference``, which ended the simulation.
    """

    predictions: list[Ints] = field(default_factory=list)
    triggered: list[Ints] = field(default_factory=list)
    counters: list[list[Ints]] = field(default_factory=list)
    visible: list[Ints] = field(default_factory=list)
    statistics: list[dict[str, int]] = field(default_factory=list)
    correct: list[int] = field(default_factory=list)
    readout: list[Ints] = field(default_factory=list)
    traced: dict[str, int] = field(default_factory=dict)
    difference: str = ""
