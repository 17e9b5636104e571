"""One experiment with sequences, from the search for hyperparameters to the rows of its table."""

import itertools
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from bep_studies.reproduce.experiments import SEQUENCES
from bep_studies.reproduce.folds import Fold
from bep_studies.reproduce.methods import RECURRENT_METHODS, Settings, load_sequences
from bep_studies.reproduce.runs import Results, Run, with_results
from bep_studies.reproduce.study import best, measured, trials


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
        own = self.experiment.own.get(method, {})
        grid = {**self.experiment.grid, **RECURRENT_METHODS[method].grid, **own}
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
        searched = len(self.experiment.search_seeds)
        return sum(
            searched * len(self._candidates[method]) + len(seeds)
            for method, groups in self._groups.items()
            for _, seeds in groups
        )

    def carry_out(self, results: Results) -> dict[str, Any]:
        """Search, choose and measure, as plain JSON types. A method is left out if ``results`` leaves out any run."""
        search = {
            (method, fold): [
                self._run(method, settings, self.search_epochs, seed, fold)
                for settings in self._candidates[method]
                for seed in self.experiment.search_seeds
            ]
            for method, groups in self._groups.items()
            for fold, _ in groups
        }
        tried = {
            key: _averaged(trials(own), len(self.experiment.search_seeds))
            for key, own in with_results(search, results).items()
            if len(own) == len(search[key])
        }
        chosen = {
            method: [best(tried[method, fold]) for fold, _ in groups]
            for method, groups in self._groups.items()
            if all((method, fold) in tried for fold, _ in groups)
        }
        full = {
            method: [
                self._run(method, settings, self.epochs, seed, fold)
                for (fold, seeds), settings in zip(self._groups[method], found, strict=True)
                for seed in seeds
            ]
            for method, found in chosen.items()
        }
        rows = [
            {"method": method}
            | measured([result for _, result in own], self.experiment.published.get(method))
            | {"chosen": chosen[method], "search": [tried[method, fold] for fold, _ in self._groups[method]]}
            for method, own in with_results(full, results).items()
            if len(own) == len(full[method])
        ]
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


def _averaged(found: Sequence[dict[str, Any]], seeds: int) -> list[dict[str, Any]]:
    """Trials of the same settings, which follow each other with so many ``seeds``, as one with their mean."""
    return [
        found[first]
        | {"validation_accuracy": mean(trial["validation_accuracy"] for trial in found[first : first + seeds])}
        for first in range(0, len(found), seeds)
    ]
