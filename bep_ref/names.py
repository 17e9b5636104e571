"""Names from files, such as columns and classes, as messages show them: always one line, never endless."""

from collections.abc import Sequence

SHOWN = 8
"""Names that a message lists at most."""


def listed(names: Sequence[str]) -> str:
    """A few names in full; of many the first, and their number. Names that are no plain text are quoted."""
    some = ", ".join(name if name and name.isprintable() else repr(name) for name in names[:SHOWN])
    return some if len(names) <= SHOWN else f"{some}, ... ({len(names)} in all)"
