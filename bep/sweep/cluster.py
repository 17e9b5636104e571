"""The Dask cluster that a sweep runs on, and the sweep on it."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from distributed import Client, Future, LocalCluster, as_completed

from bep.interrupt import interrupts_ignored
from bep.sweep.point import Outcome, Point, perform, reason
from bep_ref.config import ConfigError

for _name in ("distributed", "distributed.client"):  # what goes wrong is told once, by us
    logging.getLogger(_name).setLevel(logging.CRITICAL)

PATIENCE = "10s"
"""How long a scheduler may take to answer."""


@contextmanager
def client(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the ``scheduler`` at that address, or of ``workers`` processes of this machine that end with it.

    Raises
    ------
    ConfigError : nobody answers there.
    """
    if scheduler is None:
        with _local(workers) as cluster, Client(cluster, set_as_default=False) as local:
            try:
                yield local
            except BaseException:
                local.run(_end_tools)
                raise
        return
    try:
        remote = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConfigError(f"scheduler: no answer from {scheduler}: {reason(error)}") from None
    with remote:
        yield remote


def _local(workers: int) -> LocalCluster:
    with interrupts_ignored():  # Ctrl-C is this process's business: it ends them in order
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=None,
            dashboard_address="127.0.0.1:0",  # any free port: sweeps run beside each other
            host="127.0.0.1",
            silence_logs=logging.CRITICAL,
        )


def _end_tools() -> None:
    """End what a worker has started, such as nextpnr, which its own end would leave behind."""
    for process in psutil.Process().children(recursive=True):
        process.kill()


def carry_out(points: Iterable[Point], folder: Path, client: Client, done: Callable[[], Any]) -> dict[str, Outcome]:
    """Compute ``points``, each of them once, and keep every result in ``folder`` as soon as it is there.

    Returns the outcome of each by its name. ``done`` is called once for every point that has one.
    """
    waiting, outcomes = _submitted(points, client), {}
    try:
        for future, answer in as_completed(list(waiting), client.loop, with_results=True, raise_errors=False):
            point = waiting.pop(future)
            outcome = outcomes[point.name] = answer if isinstance(answer, Outcome) else _lost(answer)
            if outcome.result is not None:
                point.keep(folder, outcome.result)
            done()
    except BaseException:
        client.cancel(list(waiting))  # workers begin nothing more
        raise
    return outcomes


def _submitted(points: Iterable[Point], client: Client) -> dict[Future, Point]:
    """Futures of ``points``. What several of them need is computed once, and forgotten when the last is done."""
    needed: dict[str, Future] = {}

    def submit(point: Point) -> Future:
        before = []
        if point.needs:
            if point.needs.name not in needed:
                needed[point.needs.name] = submit(point.needs)
            before = [needed[point.needs.name]]
        return client.submit(perform, point, *before, key=point.name)

    return {submit(point): point for point in points}


def _lost(answer: Any) -> Outcome:
    """What the cluster says of a task that it gave up, such as one whose every worker ended."""
    error = answer[1] if isinstance(answer, tuple) else answer  # dask's own triple: type, error, traceback
    return Outcome(failure=reason(error))
