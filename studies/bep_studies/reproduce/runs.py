"""What fixes a run of a study, and the file that keeps its result."""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from bep import kept
from bep_studies.reproduce.folds import Fold
from bep_studies.reproduce.methods import Settings, learn

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Run:
    """Everything that fixes a run: the arguments of `learn` and the data's ``digest``."""

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


Results = Callable[[Sequence[Run]], Sequence[dict[str, Any] | None]]
"""The results of runs, in their order: `learn`'s, or None of a run to be left out."""


def finish(runs: Sequence[Run], folder: Path, jobs: int, done: Callable[[], Any]) -> list[dict[str, Any]]:
    """`Results` of all ``runs``: kept in ``folder``, or trained now (`finish`)."""
    return kept.finish(runs, folder, _perform, jobs, done)


def with_results(runs: Mapping[K, Sequence[Run]], results: Results) -> dict[K, list[tuple[Run, dict[str, Any]]]]:
    """Every run beside its result; those left out are not among them."""
    all_results = iter(results([run for own in runs.values() for run in own]))
    pairs = {key: [(run, next(all_results)) for run in own] for key, own in runs.items()}
    return {key: [(run, result) for run, result in own if result is not None] for key, own in pairs.items()}


def _perform(run: Run) -> dict[str, Any]:
    return learn(run.data, run.method, run.hidden, run.settings, run.epochs, run.seed, run.fold)
