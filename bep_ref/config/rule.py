"""Learning rules: what distinguishes one from another, for golden model, engine, hardware, host and command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bep_ref.config.record import ConfigError


@dataclass(frozen=True)
class Rule:
    """A learning rule by ``name``, as options and files have it; ``title`` is for readers.

    ``code`` stands for it where a board describes itself: other rules have other codes, and a code never changes.
    ``every_layer`` has a classifier of its own, with a trigger and errors; otherwise only the last layer has one.
    ``goes_back``: errors pass from a layer to the one below. ``sequential``: it learns sequences, too. ``preset`` are
    the fields of `Training` that it prefers to their defaults, whatever the data.
    """

    name: str
    code: int
    title: str
    every_layer: bool
    goes_back: bool
    sequential: bool
    preset: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def classified(self, layers: int) -> range:
        """Those of ``layers`` of neurons that have a classifier, first layer first; the last one predicts."""
        return range(0 if self.every_layer else layers - 1, layers)


BEP = Rule("bep", 0, "Binary Error Propagation", every_layer=False, goes_back=True, sequential=True)
"""arXiv 2512.04189."""
LOCAL = Rule(
    "local",
    1,
    "local error signals",
    every_layer=True,
    goes_back=False,
    sequential=False,
    # r = 0.25 and group sizes that stay
    preset={"margin": 0.25, "patience": 0},
)
"""arXiv 2412.00119."""
RULES = {rule.name: rule for rule in (BEP, LOCAL)}
"""Every rule by its name."""


def rule_named(name: str) -> Rule:
    """The rule of that name; `ConfigError` if there is none."""
    if name not in RULES:
        raise ConfigError(f"rule: {name!r} is unknown; it must be {' or '.join(RULES)}")
    return RULES[name]
