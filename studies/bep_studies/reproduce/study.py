"""One experiment from the search for hyperparameters to the rows of its table."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from bep_ref.datasets import load
from bep_studies.reproduce.experiments import EXPERIMENTS, Figure, draw
from bep_studies.reproduce.methods import MAJORITY, METHODS, Settings
from bep_studies.reproduce.runs import Results, Run, with_results

SEARCH_SEED = 0
"""Seed of the search: no reported run has it, nor, where data are drawn, its data."""


class Study:
    """Networks of ``layers`` × ``widths`` learn ``data``, by every method of ``seeds`` with each of its seeds.

    A run has ``epochs`` epochs, in the search ``search_epochs``.

    Raises
    ------
    ConfigError : data that cannot be read.
    """

    def __init__(
        self,
        name: str,
        data: str,
        widths: Sequence[int],
        layers: Sequence[int],
        seeds: Mapping[str, Sequence[int]],
        epochs: int,
        search_epochs: int,
    ) -> None:
        self.name, self.data = name, data
        self.networks = [(count, width) for count in layers for width in widths]
        self.seeds, self.epochs, self.search_epochs = seeds, epochs, search_epochs
        drawn = {draw(data, seed) for seed in {SEARCH_SEED}.union(*seeds.values())}
        self._digests = {spec: load(spec).digest() for spec in sorted(drawn)}
        before = EXPERIMENTS[name].settings
        self._fixed = {method: {**METHODS[method].fixed, **before.get(method, {})} for method in seeds}
        self._searches = {
            (method, *network): [self._fixed[method] | varied for varied in METHODS[method].candidates(network[1])]
            for network in self.networks
            for method in seeds
        }

    @property
    def runs(self) -> int:
        """Runs of the study, those of the search included."""
        by_network = (len(found) + len(self.seeds[method]) for (method, *_), found in self._searches.items())
        return sum(by_network) + len(self._all_seeds)

    @property
    def _all_seeds(self) -> list[int]:
        return sorted(set().union(*self.seeds.values()))

    def carry_out(self, results: Results) -> dict[str, Any]:
        """Search, choose and measure, as plain JSON types.

        A network is left out if ``results`` leaves out any trial of its search, or all of its runs.
        """
        search = {
            key: [self._run(*key, settings, self.search_epochs, SEARCH_SEED) for settings in candidates]
            for key, candidates in self._searches.items()
        }
        tried = {key: trials(own) for key, own in with_results(search, results).items() if len(own) == len(search[key])}
        chosen = {key: best(found) for key, found in tried.items()}
        full = {
            key: [self._run(*key, settings, self.epochs, seed) for seed in self.seeds[key[0]]]
            for key, settings in chosen.items()
        }
        trivial = MAJORITY, *self.networks[0]
        full[trivial] = [self._run(*trivial, {}, 1, seed) for seed in self._all_seeds]
        measured_runs = with_results(full, results)
        majority = [own["test_accuracy"] for _, own in measured_runs.pop(trivial)]
        rows = [
            self._row(*key, chosen[key], {run.seed: own for run, own in runs}) | {"search": tried[key]}
            for key, runs in measured_runs.items()
            if runs
        ]
        return {
            "data": self.data,
            "epochs": self.epochs,
            "search_epochs": self.search_epochs,
            "seeds": {method: list(seeds) for method, seeds in self.seeds.items()},
            "grid": {method: METHODS[method].grid for method in self.seeds},
            "fixed": self._fixed,
            "majority": spread(majority) if majority else None,
            "rows": rows,
        }

    def _run(self, method: str, layers: int, width: int, settings: Settings, epochs: int, seed: int) -> Run:
        data = draw(self.data, seed)
        return Run(data, self._digests[data], method, [width] * layers, settings, epochs, seed)

    def _row(
        self, method: str, layers: int, width: int, settings: Settings, results: dict[int, dict[str, Any]]
    ) -> dict[str, Any]:
        """A line of the table, accuracies in percent, of ``results`` by seed."""
        published = EXPERIMENTS[self.name].figure(layers, width, method)
        row = {"method": method, "layers": layers, "width": width, "settings": settings, "seeds": list(results)}
        return row | measured(list(results.values()), published)


def trials(runs: Sequence[tuple[Run, dict[str, Any]]]) -> list[dict[str, Any]]:
    """What runs of a search came to."""
    return [{"settings": run.settings, "validation_accuracy": own["validation_accuracy"]} for run, own in runs]


def best(found: Sequence[dict[str, Any]]) -> Settings:
    """The settings of the first of `trials` that none surpasses on validation data."""
    settings: Settings = max(found, key=lambda trial: trial["validation_accuracy"])["settings"]
    return settings


def measured(results: Sequence[dict[str, Any]], published: Figure | None) -> dict[str, Any]:
    """What runs of `learn` come to, in percent, and the figure to stand beside."""
    names = ("test_accuracy", "validation_accuracy", "last_test_accuracy", "best_test_accuracy")
    row: dict[str, Any] = {name: spread([result[name] for result in results]) for name in names}
    row["epochs_kept"] = [result["epoch"] for result in results]
    if published:
        row["published"] = dict(zip(("mean", "std"), published, strict=True))
        row["difference"] = round(row["test_accuracy"]["mean"] - published[0], 2)
    return row


def spread(shares: Sequence[float]) -> dict[str, Any]:
    """Mean, standard deviation of a sample and the values themselves, in percent."""
    values = [round(100 * share, 2) for share in shares]
    return {
        "mean": round(mean(values), 2),
        "std": round(stdev(values), 2) if len(values) > 1 else 0.0,
        "values": values,
    }
