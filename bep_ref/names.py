"""Names from files, such as columns and classes, as messages show them: always one line, never endless."""

from collections.abc import Sequence

SHOWN = 8
"""Names that a message lists at most."""


def shown(name: str) -> str:
    """``name``, quoted if it is no plain text."""
    return name if name and name.isprintable() else repr(name)


def listed(names: Sequence[str]) -> str:
    """A few names in full, each as `shown`; of many the first, and their number."""
    some = ", ".join(shown(name) for name in names[:SHOWN])
    return some if len(names) <= SHOWN else f"{some}, ... ({len(names)} in all)"
