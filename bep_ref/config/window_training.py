"""Hyperparameters of a window network's run."""

from dataclasses import dataclass
from typing import ClassVar

from bep_ref.config.record import setting
from bep_ref.config.training import NONE, Training

SELECTIONS = ("draw", "group")
"""How candidates are chosen: each by chance, or one of a group."""


@dataclass(frozen=True)
class WindowTraining(Training):
    """`Training` of a window network: other defaults, and settings that only it has."""

    LARGEST_MARGIN: ClassVar[float] = 1024
    KNOWN_RULES: ClassVar[tuple[str, ...]] = ("windows",)

    rule: str = setting("the rule of window networks", "windows", "windows")
    margin: float = setting(
        "a sample learns while its lead is at most floor(margin * U)", "0 to 1024 (fraction of the units U)", 4.0
    )
    gate: float = setting(
        "only units with |z| at most floor(gate * K) step", "0 to 1 (fraction of the window's bits K)", 0.1
    )
    group_size: tuple[int, ...] = setting("units of which selection group steps one", "at least 1 unit", (5,))
    reinforcement: float = setting("window networks have no reinforcement", "0", 0.0)
    dead_zone: int | None = setting("window networks project no errors back", NONE, None)
    patience: int = setting("group sizes of window networks stay", "0", 0)
    batch_size: int = setting("samples between two refreshes of the visible weights", "at least 1 sample", 100)
    epochs: int = setting("passes over the training data", "at least 1 epoch", 30)
    sigma: float = setting("spread of the initial counters", "above 0 and at most 32768 (counts)", 8.0)
    selection: str = setting(
        "candidates that step: draw = each by chance, group = one of each group", " or ".join(SELECTIONS), "draw"
    )
    draw_bits: int = setting(
        "random bits that a candidate draws: it steps with probability |d| / 2**bits", "1 to 16 bits", 5
    )
    shifts: int = setting(
        "each training sample is moved by a random -N to N positions along both axes, anew each time",
        "0 to 8 positions",
        0,
    )
    sums: bool = setting("predict with the read-out's sums over the epoch's mini-batches", "true or false", False)
    settle: float = setting(
        "kernels rest in the last of the epochs, and only the read-out learns", "0 to 1 (fraction of the epochs)", 0.15
    )
    readout_delay: int = setting("samples after which a read-out step lands", "0 or 1 sample", 0)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("group_size", len(self.group_size) == 1, list(self.group_size))
        self._check("reinforcement", self.reinforcement == 0)
        self._check("dead_zone", self.dead_zone is None)
        self._check("patience", self.patience == 0)
        self._check("selection", self.selection in SELECTIONS)
        self._check("draw_bits", 1 <= self.draw_bits <= 16)
        self._check("shifts", 0 <= self.shifts <= 8)
        self._check("readout_delay", self.readout_delay in (0, 1))
