"""Which units are mutated, how often, and what the rest of the trainer can see of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Unit:
    """Modules of the trainer's netlist that together are one idea, by their paths.

    ``mutants`` are planted in all of them together. ``meant`` says which output means something only while another
    one is high: two netlists are equivalent if they differ only where nobody looks.
    """

    modules: tuple[str, ...]
    mutants: int
    meant: dict[str, str] = field(default_factory=dict)


UNITS = {
    "popcount": Unit(("propagate.popcount",), 80),
    "pre-activation": Unit(
        ("propagate.preactivation",),
        80,
        dict.fromkeys(("row", "layer", "agree", "magnitude", "negative", "final"), "done"),
    ),
    "decision": Unit(("propagate.decision",), 80, {"prediction": "decided", "triggered": "decided"}),
    "column accumulators": Unit(("backward.columns",), 80),
    "winner search and gate": Unit(
        ("backward.scan",),
        120,
        {"order": "push", "list_address": "list_write", "list_row": "list_write", "list_target": "list_write"},
    ),
    "list of gated rows": Unit(("gated",), 30),
    "saturating counter": Unit(("update.lane0", "update.lane1"), 80),
    "update and commit": Unit(
        ("update",),
        160,
        {
            **dict.fromkeys(("write_address", "write_bank", "write_data"), "write"),
            **dict.fromkeys(("address", "bank", "both"), "read"),
            **dict.fromkeys(("visible_address", "visible_column", "visible_data"), "visible_write"),
            "host_result": "host_done",
        },
    ),
    "random walk": Unit(("walker",), 120, {"hits__payload": "hits__valid"}),
    "hits of a slice": Unit(("slices", "hits.short"), 50),
}
"""Unit of the datapath -> where it is, and how many mutants it gets."""
