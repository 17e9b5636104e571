"""One file that says what was verified: the counts of every kind of evidence, from the files that hold the details.

python -m bep_verify.summary benchmarks    writes benchmarks/verification.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from bep_ref.files.atomic import write_atomically

NAME = "verification.json"


def _proofs(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("proven", "claimed", "units")}


def _trials(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("trials", "exact", "failed")}


def _netlists(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "netlists": [row["chip"] for row in found["netlists"]],
        "four_valued": len(found["four_valued"]),
        "mismatches": sum(row["mismatches"] for row in found["netlists"] + found["four_valued"]),
    }


def _mutants(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found["units"][-1])


def _upsets(found: dict[str, Any]) -> dict[str, Any]:
    return {"outcomes": found["outcomes"]}


def _coverage(found: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if hardware := found.get("hardware"):
        told["datapath_toggled"] = hardware["datapath"]["toggled_share"]
        told["hardware_branches_taken"] = hardware["all"]["taken_share"]
    if software := found.get("software"):
        told["python_branches_taken"] = {row["package"]: row["share"] for row in software["packages"]}
    return told


KINDS = {
    "proofs": _proofs,
    "fuzz": _trials,
    "gates": _netlists,
    "mutants": _mutants,
    "coverage": _coverage,
    "upsets": _upsets,
}
"""Files of evidence, and what is told of each."""


def summary(folder: Path) -> dict[str, Any]:
    """What the files in ``folder`` say; a kind whose file is not there is None."""
    return {
        name: tell(json.loads(file.read_text())) if (file := folder / f"{name}.json").exists() else None
        for name, tell in KINDS.items()
    }


if __name__ == "__main__":
    place = Path(sys.argv[1])
    write_atomically(place / NAME, (json.dumps(summary(place), indent=2) + "\n").encode())
