"""What fixes a run of a study, and the file that keeps its result."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bep import kept
from bep.reproduce.folds import Fold
from bep.reproduce.methods import Settings, learn


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
    """The results of ``runs``, in their order: kept in ``folder``, or trained now (:func:`bep.kept.finish`)."""
    return kept.finish(runs, folder, _perform, jobs, done)


def _perform(run: Run) -> dict[str, Any]:
    return learn(run.data, run.method, run.hidden, run.settings, run.epochs, run.seed, run.fold)
