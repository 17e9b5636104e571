"""One experiment with sequences, from the search for hyperparameters to the rows of its table."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bep.reproduce.experiments import SEQUENCES
from bep.reproduce.folds import Fold
from bep.reproduce.methods import RECURRENT_METHODS, Settings, load_sequences
from bep.reproduce.runs import Run, finish
from bep.reproduce.study import SEARCH_SEED, measured


class SequenceStudy:
    """A recurrent network of ``width`` learns ``data`` by every method of ``seeds`` with each of its seeds.

    Where the experiment has folds, every seed shuffles them anew, and every fold of every seed is learned with
    hyperparameters searched on the others alone; else they are searched once, on the training part. A run has
    ``epochs`` epochs, in the search ``search_epochs``.

    Raises
    ------
    ConfigError : data that cannot be read, that is no sequences, or too short for the windows searched.
    """

    def __init__(
        self,
        name: str,
        data: str,
        width: int,
        seeds: Mapping[str, Sequence[int]],
        epochs: int,
        search_epochs: int,
    ) -> None:
        self.name, self.data, self.width = name, data, width
        self.seeds, self.epochs, self.search_epochs = seeds, epochs, search_epochs
        self.experiment = SEQUENCES[name]
        self._digest = load_sequences(data, self.experiment.grid["window"]).digest()
        self._candidates = {method: self._settings(method) for method in seeds}
        self._groups = {method: self._grouped(own) for method, own in seeds.items()}

    def _settings(self, method: str) -> list[Settings]:
        grid = {**self.experiment.grid, **RECURRENT_METHODS[method].grid}
        fixed = {**self.experiment.settings, **RECURRENT_METHODS[method].fixed, "expansion": self.width}
        return [fixed | dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]

    def _grouped(self, seeds: Sequence[int]) -> list[tuple[Fold | None, list[int]]]:
        """Folds, each searched by itself, and the seeds of the runs with what was found."""
        count = self.experiment.folds
        if not count:
            return [(None, list(seeds))]
        return [(Fold(index, count, seed), [seed]) for seed in seeds for index in range(count)]

    @property
    def runs(self) -> int:
        """Runs of the study, those of the search included."""
        return sum(
            len(self._candidates[method]) + len(seeds) for method, groups in self._groups.items() for _, seeds in groups
        )

    def carry_out(self, folder: Path, jobs: int, done: Callable[[], Any]) -> dict[str, Any]:
        """Train whatever ``folder`` does not have yet; the result as plain JSON types. ``done`` counts runs."""
        search = [
            self._run(method, settings, self.search_epochs, SEARCH_SEED, fold)
            for method, groups in self._groups.items()
            for fold, _ in groups
            for settings in self._candidates[method]
        ]
        found = iter(finish(search, folder, jobs, done))
        tried = {
            method: [
                [{"settings": s, "validation_accuracy": next(found)["validation_accuracy"]} for s in candidates]
                for _ in self._groups[method]
            ]
            for method, candidates in self._candidates.items()
        }
        chosen = {
            method: [max(trials, key=lambda t: t["validation_accuracy"])["settings"] for trials in groups]
            for method, groups in tried.items()
        }
        full = [
            self._run(method, settings, self.epochs, seed, fold)
            for method, groups in self._groups.items()
            for (fold, seeds), settings in zip(groups, chosen[method], strict=True)
            for seed in seeds
        ]
        results = iter(finish(full, folder, jobs, done))
        rows = []
        for method, groups in self._groups.items():
            own = [next(results) for _, seeds in groups for _ in seeds]
            row = {"method": method} | measured(own, self.experiment.published.get(method))
            rows.append(row | {"chosen": chosen[method], "search": tried[method]})
        return {
            "data": self.data,
            "width": self.width,
            "folds": self.experiment.folds,
            "epochs": self.epochs,
            "search_epochs": self.search_epochs,
            "seeds": {method: list(seeds) for method, seeds in self.seeds.items()},
            "rows": rows,
        }

    def _run(self, method: str, settings: Settings, epochs: int, seed: int, fold: Fold | None) -> Run:
        return Run(self.data, self._digest, method, [self.width] * 2, settings, epochs, seed, fold)
