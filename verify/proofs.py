"""All proofs, one after the other or several at once."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from verify.checker import SECONDS, check
from verify.claims import PROOFS


def prove(
    names: Sequence[str],
    folder: Path,
    jobs: int = 1,
    seconds: int = SECONDS,
    done: Callable[[str], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """One row a property of the units ``names``: unit, property, kind ("always" or "possible"), and whether it holds.

    ``holds`` is None where ``seconds`` did not suffice.
    """

    def rows(name: str) -> list[dict[str, Any]]:
        verdicts = check(PROOFS[name](), folder / re.sub(r"\W+", "-", name), seconds)
        return [
            {
                "unit": name,
                "property": verdict.name,
                "kind": "always" if verdict.claim else "possible",
                "holds": verdict.holds if verdict.decided else None,
                "frames": verdict.frames,
            }
            for verdict in verdicts
        ]

    found: dict[str, list[dict[str, Any]]] = {}
    with ThreadPoolExecutor(jobs) as pool:
        asked = {pool.submit(rows, name): name for name in names}
        for future in as_completed(asked):
            found[asked[future]] = future.result()
            done(asked[future])
    return [row for name in names for row in found[name]]
