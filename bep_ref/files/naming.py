"""Errors of the operating system that name what the user knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def naming(place: str | Path) -> Iterator[None]:
    """An `OSError` inside names ``place``: not a temporary file, and not nothing, as where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(place)) from None
