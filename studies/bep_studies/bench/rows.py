"""Rows of a table that take long to measure: each is kept in a file, and measured again only for a reason."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bep_hw.plan.identity import build_digest
from bep_ref.config import AnyNetwork, Machine
from bep_ref.files.atomic import write_atomically


def digest(rtlil: str, network: AnyNetwork, machine: Machine) -> str:
    """Of hardware as ``rtlil``, without the constant by which a board tells its build: that differs after any edit of
    the sources."""
    text = rtlil.replace(f"{build_digest(network, machine):032b}", "")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept(
    folder: Path, name: str, what: dict[str, Any], deciding: Sequence[str], measure: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The row ``name`` in ``folder``: the one there if it agrees with ``what`` in all ``deciding`` entries, else
    measured now."""
    file = folder / "row.json"
    row: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    if any(row.get("what", {}).get(key) != what[key] for key in deciding):
        row = {"name": name, "what": what, **measure()}
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(file, json.dumps(row, indent=2).encode())
    return row
