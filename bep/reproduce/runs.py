"""Runs side by side in processes, each kept as a file when it is done and never done twice."""

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bep.interrupt import interrupts_ignored
from bep.reproduce.folds import Fold
from bep.reproduce.methods import Settings, learn
from bep_ref.atomic import write_atomically


@dataclass(frozen=True)
class Run:
    """Everything that fixes a run: the arguments of :func:`bep.reproduce.methods.learn` and the data's ``digest``."""

    data: str
    digest: str
    method: str
    hidden: list[int]
    settings: Settings
    epochs: int
    seed: int
    fold: Fold | None = None

    def file(self, folder: Path) -> Path:
        """Where the result is kept."""
        fixed = {name: value for name, value in asdict(self).items() if value is not None}
        identity = hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:16]
        shape = "-".join(map(str, self.hidden))
        return folder / f"{self.data.partition(':')[0]}-{self.method}-{shape}-seed{self.seed}-{identity}.json"


def finish(runs: Sequence[Run], folder: Path, jobs: int, done: Callable[[], Any]) -> list[dict[str, Any]]:
    """The results of ``runs``, in their order: from their files in ``folder``, or trained now, ``jobs`` at a time.

    ``done`` is called once for every run that has a result. An interrupt loses only what is being trained.
    """
    missing = [run for run in runs if not run.file(folder).exists()]
    for _ in range(len(runs) - len(missing)):
        done()
    if missing:
        with _workers(min(jobs, len(missing))) as pool:
            for run, result in pool.imap_unordered(_perform, missing):
                content = {"run": asdict(run), "result": result}
                write_atomically(run.file(folder), (json.dumps(content, indent=2) + "\n").encode())
                done()
    return [json.loads(run.file(folder).read_text())["result"] for run in runs]


def _workers(count: int) -> Any:
    """Processes that leave Ctrl-C to this one."""
    with interrupts_ignored():
        return multiprocessing.get_context("spawn").Pool(count)


def _perform(run: Run) -> tuple[Run, dict[str, Any]]:
    return run, learn(run.data, run.method, run.hidden, run.settings, run.epochs, run.seed, run.fold)
