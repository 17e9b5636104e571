"""Which units are mutated, how often, and what the rest of the trainer keeps."""

from dataclasses import dataclass, field

from bep_hw.plan.layout import Layout
from bep_verify.mutation import neighbours
from bep_verify.mutation.course import MACHINE, NETWORK
from bep_verify.mutation.promises import Promises


@dataclass(frozen=True)
class Unit:
    """Modules of the trainer's netlist that together are one idea, by their paths.

    ``mutants`` are planted in all of them together. Two netlists are equivalent if they differ only where nobody looks
    or by what nobody gives: that is what ``kept`` says.
    """

    modules: tuple[str, ...]
    mutants: int
    kept: Promises = field(default_factory=Promises)


LAYOUT = Layout(NETWORK, MACHINE)

UNITS = {
    "popcount": Unit(("propagate.popcount",), 80),
    "pre-activation": Unit(("propagate.preactivation",), 80, neighbours.preactivation(LAYOUT)),
    "decision": Unit(("propagate.decision",), 80, neighbours.decision(LAYOUT)),
    "column accumulators": Unit(("backward.columns",), 80, neighbours.columns(LAYOUT)),
    "winner search and gate": Unit(("backward.scan",), 120, neighbours.winner_scan(LAYOUT)),
    "list of gated rows": Unit(("gated",), 30, neighbours.gated(LAYOUT)),
    "saturating counter": Unit(("update.lane0", "update.lane1"), 80),
    "update and commit": Unit(("update",), 160, neighbours.update(LAYOUT)),
    "random walk": Unit(("reinforcement.walker",), 120, neighbours.walker(LAYOUT)),
    "hits of a slice": Unit(("reinforcement.slices", "reinforcement.queue.short"), 50, neighbours.slices()),
}
"""Unit of the datapath -> where it is, and how many mutants it gets."""
