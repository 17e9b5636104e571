"""Hyperparameters of a run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bep_ref.config.record import ConfigError, Record, setting
from bep_ref.config.rule import BEP, RULES

NONE = "none"
"""How an option whose value may be None spells it in text; an option that is None itself is not given."""


@dataclass(frozen=True)
class Training(Record):
    """Hyperparameters of a run; each field's meaning begins with the paper's letter where it has one.

    ``margin`` and ``gate`` are fractions of the layer width; see `margin_threshold` and
    `gate_threshold` for the integers the machine compares with.
    """

    LARGEST_MARGIN: ClassVar[float] = 2
    KNOWN_RULES: ClassVar[tuple[str, ...]] = tuple(RULES)
    REMOVED: ClassVar[Mapping[str, Any]] = {"settle_after": 0}

    rule: str = setting(
        "learning rule: bep passes errors backward, local gives each layer a classifier and errors of its own",
        " or ".join(RULES),
        BEP.name,
    )
    margin: float = setting(
        "r: a sample causes an update while its lead is below r * K_L",
        "0 to 2 (fraction of the last layer's width)",
        0.5,
    )
    gate: float = setting("nu: an error passes a neuron with |z| <= nu * K", "0 to 1 (fraction of the fan-in)", 0.2)
    dead_zone: int | None = setting(
        "a neuron whose back-projected sum is at most this in magnitude has no target",
        "none (a sum of 0 is a target of +1, the paper's reading) or 0 to 8192",
        None,
    )
    group_size: tuple[int, ...] = setting(
        "gamma_0: neurons that share one update, for each layer; none = the divisor of its width nearest to 15",
        "at least 1 neuron and a divisor of the layer's width",
        (),
    )
    reinforcement: float = setting("p_r: strength of reinforcement", "0 to 1", 0.5)
    settle: float = setting(
        "weights rest in the last of the epochs, and only the read-out learns", "0 to 1 (fraction of the epochs)", 0.0
    )
    batch_size: int = setting("samples between two refreshes of the visible weights", "at least 1 sample", 50)
    epochs: int = setting("passes over the training data", "at least 1 epoch", 40)
    patience: int = setting(
        "epochs without a better validation accuracy before group sizes grow",
        "at least 0 epochs (0 keeps the group sizes)",
        10,
    )
    group_limit: float = setting(
        "group sizes never grow past this", "above 0 and at most 1 (fraction of the layer's width)", 0.25
    )
    shuffle_bits: int = setting(
        "bits of the indices that samples are shuffled by as a chip does that holds them",
        "0 (an order that needs memory: software's) or 9 to 16 bits, enough for the training samples",
        0,
    )
    validation: float = setting("training samples held out", "between 0 and 1, exclusive (fraction)", 0.1)
    sigma: float = setting("spread of the initial counters", "above 0 and at most 32768 (counts)", 32.0)
    seed: int = setting("seed of every random choice", "0 to 4294967295", 1)

    def __post_init__(self) -> None:
        if str(self.dead_zone) == NONE:  # how settings in text spell None
            object.__setattr__(self, "dead_zone", None)
        super().__post_init__()
        self._check("rule", self.rule in self.KNOWN_RULES)
        self._check("dead_zone", self.dead_zone is None or 0 <= self.dead_zone <= 8192)
        goes_back = self.rule in RULES and RULES[self.rule].goes_back
        if not goes_back and self.dead_zone is not None:
            raise ConfigError(f"dead_zone: {self.dead_zone} with rule {self.rule}, which projects no errors back")
        self._check("margin", 0 <= self.margin <= self.LARGEST_MARGIN)
        self._check("gate", 0 <= self.gate <= 1)
        for size in self.group_size:
            self._check("group_size", size >= 1, size)
        self._check("reinforcement", 0 <= self.reinforcement <= 1)
        self._check("settle", 0 <= self.settle <= 1)
        self._check("batch_size", self.batch_size >= 1)
        self._check("epochs", self.epochs >= 1)
        self._check("patience", self.patience >= 0)
        self._check("group_limit", 0 < self.group_limit <= 1)
        self._check("shuffle_bits", self.shuffle_bits == 0 or 9 <= self.shuffle_bits <= 16)
        self._check("validation", 0 < self.validation < 1)
        self._check("sigma", 0 < self.sigma <= 32768)
        self._check("seed", 0 <= self.seed < 2**32)

    def rests(self, done: int) -> bool:
        """Whether weights rest, and only the read-out learns, in the epoch after ``done`` epochs."""
        return done >= self.epochs - math.floor(self.settle * self.epochs)
