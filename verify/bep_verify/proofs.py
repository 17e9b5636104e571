"""All proofs, one after the other or several at once."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bep_boards.flow.tools import prepare, run_all
from bep_verify.checker import SECONDS, task, verdicts
from bep_verify.claims import PROOFS


def prove(
    names: Sequence[str],
    folder: Path,
    jobs: int = 1,
    seconds: int = SECONDS,
    done: Callable[[int], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """One row a property of the units ``names``: unit, property, kind ("always" or "possible"), and whether it holds.

    ``holds`` is None where ``seconds`` did not suffice. ``done`` is told the index of each unit as it is finished.
    Raises `ToolError` if yosys fails.
    """
    prepare("yosys")
    proofs = {name: PROOFS[name]() for name in names}
    places = {name: folder / re.sub(r"\W+", "-", name) for name in names}
    run_all((task(proof, places[name], seconds) for name, proof in proofs.items()), jobs, done)
    return [
        {
            "unit": name,
            "property": verdict.name,
            "kind": "always" if verdict.claim else "possible",
            "holds": verdict.holds if verdict.decided else None,
            "frames": verdict.frames,
        }
        for name, proof in proofs.items()
        for verdict in verdicts(proof, places[name])
    ]
