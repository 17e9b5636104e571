"""Damaged files by the number."""

import multiprocessing
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from bep.interrupt import interrupts_ignored
from bep_ref.config import ConfigError
from bep_verify.readers.formats import FORMATS
from bep_verify.readers.trial import Outcome, attempt


def formats(wanted: str | None) -> list[str]:
    """Names of all formats, or ``wanted`` alone; `ConfigError` where it is not known."""
    names = [one.name for one in FORMATS]
    if wanted is not None and wanted not in names:
        raise ConfigError(f"format: {wanted!r} is unknown; it must be one of {'; '.join(names)}")
    return names if wanted is None else [wanted]


def attempts(names: Sequence[str], first: int, count: int, jobs: int, done: Callable[[], Any]) -> list[Outcome]:
    """``count`` files of each format from seed ``first`` on, in ``jobs`` processes; ``done`` is called after each."""
    wanted = list(product(names, range(first, first + count)))
    outcomes = []
    with interrupts_ignored():
        pool = multiprocessing.get_context("spawn").Pool(min(jobs, len(wanted)))
    with pool:
        for outcome in pool.imap(_attempt, wanted, chunksize=10):
            outcomes.append(outcome)
            done()
    return outcomes


def _attempt(what: tuple[str, int]) -> Outcome:
    return attempt(*what)
