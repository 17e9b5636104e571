"""One experiment from the search for hyperparameters to the rows of its table."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from bep.reproduce.experiments import EXPERIMENTS, Figure, draw
from bep.reproduce.methods import MAJORITY, METHODS, Settings
from bep.reproduce.runs import Run, finish
from bep_ref.datasets import load

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

    def carry_out(self, folder: Path, jobs: int, done: Callable[[], Any]) -> dict[str, Any]:
        """Train whatever ``folder`` does not have yet; the result as plain JSON types. ``done`` counts runs."""
        search = [
            self._run(*network, settings, self.search_epochs, SEARCH_SEED)
            for network, candidates in self._searches.items()
            for settings in candidates
        ]
        found = iter(finish(search, folder, jobs, done))
        tried = {
            key: [{"settings": s, "validation_accuracy": next(found)["validation_accuracy"]} for s in candidates]
            for key, candidates in self._searches.items()
        }
        chosen = {key: max(trials, key=lambda t: t["validation_accuracy"])["settings"] for key, trials in tried.items()}
        full = [
            self._run(*network, settings, self.epochs, seed)
            for network, settings in chosen.items()
            for seed in self.seeds[network[0]]
        ]
        trivial = [self._run(MAJORITY, *self.networks[0], {}, 1, seed) for seed in self._all_seeds]
        results = iter(finish(full + trivial, folder, jobs, done))
        rows = [
            self._row(*network, settings, [next(results) for _ in self.seeds[network[0]]]) | {"search": tried[network]}
            for network, settings in chosen.items()
        ]
        return {
            "data": self.data,
            "epochs": self.epochs,
            "search_epochs": self.search_epochs,
            "seeds": {method: list(seeds) for method, seeds in self.seeds.items()},
            "grid": {method: METHODS[method].grid for method in self.seeds},
            "fixed": self._fixed,
            "majority": spread([result["test_accuracy"] for result in results]),
            "rows": rows,
        }

    def _run(self, method: str, layers: int, width: int, settings: Settings, epochs: int, seed: int) -> Run:
        data = draw(self.data, seed)
        return Run(data, self._digests[data], method, [width] * layers, settings, epochs, seed)

    def _row(
        self, method: str, layers: int, width: int, settings: Settings, results: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """A line of the table, accuracies in percent."""
        published = EXPERIMENTS[self.name].figure(layers, width, method)
        row = {"method": method, "layers": layers, "width": width, "settings": settings}
        return row | measured(results, published)


def measured(results: Sequence[dict[str, Any]], published: Figure | None) -> dict[str, Any]:
    """What runs of :func:`~bep.reproduce.methods.learn` come to, in percent, and the figure to stand beside."""
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
