"""Which units are mutated, how often, and what the rest of the trainer can see of them."""

from dataclasses import dataclass, field

from bep_hw.interleave import compile_program
from bep_hw.layout import Layout
from verify.mutation.course import MACHINE, NETWORK


@dataclass(frozen=True)
class Unit:
    """Modules of the trainer's netlist that together are one idea, by their paths.

    ``mutants`` are planted in all of them together. Two netlists are equivalent if they differ only where nobody looks
    or by what nobody gives: ``meant`` says which output means something only while another one is high, or low ("~"),
    ``below`` what an input is always below.
    """

    modules: tuple[str, ...]
    mutants: int
    meant: dict[str, str] = field(default_factory=dict)
    below: dict[str, int] = field(default_factory=dict)


PASSES = len(compile_program(Layout(NETWORK, MACHINE)))
LISTED = Layout(NETWORK, MACHINE).list_depth

UNITS = {
    "popcount": Unit(("propagate.popcount",), 80),
    "pre-activation": Unit(
        ("propagate.preactivation",),
        80,
        dict.fromkeys(("row", "layer", "agree", "magnitude", "negative", "final"), "done"),
        {"index": PASSES},
    ),
    "decision": Unit(
        ("propagate.decision",), 80, {"prediction": "decided", "triggered": "decided"}, {"row": NETWORK.classes}
    ),
    "column accumulators": Unit(("backward.columns",), 80),
    "winner search and gate": Unit(
        ("backward.scan",),
        120,
        {"order": "push", "list_address": "list_write", "list_row": "list_write", "list_target": "list_write"},
        {"index": PASSES},
    ),
    "list of gated rows": Unit(("gated",), 30, {}, {"write_address": LISTED, "read_address": LISTED}),
    "saturating counter": Unit(("update.lane0", "update.lane1"), 80),
    "update and commit": Unit(
        ("update",),
        160,
        {
            **dict.fromkeys(("write_address", "write_bank", "write_data"), "write"),
            **dict.fromkeys(("address", "bank", "both"), "read"),
            **dict.fromkeys(("visible_address", "visible_column", "visible_data"), "visible_write"),
            "counters": "host_done",
        },
    ),
    "random walk": Unit(("walker",), 120, {"hits__payload": "hits__valid", "state": "~busy"}),
    "hits of a slice": Unit(
        ("slices", "hits.short"), 50, {"slices__payload": "found", "output__payload": "output__valid"}
    ),
}
"""Unit of the datapath -> where it is, and how many mutants it gets."""
