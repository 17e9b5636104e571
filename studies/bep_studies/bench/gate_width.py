"""Accuracy by the width nu of the gate that errors pass: runs of recurrent networks over gates, windows and seeds."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from bep_studies.reproduce.methods import load_sequences
from bep_studies.reproduce.runs import Run, finish

GATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
WINDOWS = (1, 2, 4)
WIDTH = 255
"""K_x = K_s = K_y."""


class GateStudy:
    """Every one of ``data`` is learned in windows of each of ``windows`` with each of ``gates`` and ``seeds``.

    Everything else is the data's own preset.

    Raises
    ------
    ConfigError : data that cannot be read, that is no sequences, or shorter than a window.
    """

    def __init__(
        self, data: Sequence[str], windows: Sequence[int], gates: Sequence[float], seeds: Sequence[int], epochs: int
    ) -> None:
        self._digests = {spec: load_sequences(spec, windows).digest() for spec in data}
        self._seeds, self._epochs = seeds, epochs
        self._cells = [(spec, window, gate) for spec in self._digests for window in windows for gate in gates]

    @property
    def runs(self) -> int:
        """Runs of the study."""
        return len(self._cells) * len(self._seeds)

    def measure(self, folder: Path, jobs: int, done: Callable[[], Any]) -> list[dict[str, Any]]:
        """A row a cell, with the mean, least and greatest test accuracy of the models kept by validation.

        Finished runs are kept in ``folder``; ``done`` is called once for every run.
        """
        runs = [
            Run(data, self._digests[data], "bep", [WIDTH] * 2, _settings(window, gate), self._epochs, seed)
            for data, window, gate in self._cells
            for seed in self._seeds
        ]
        results = iter(finish(runs, folder, jobs, done))
        rows = []
        for data, window, gate in self._cells:
            found = [next(results)["test_accuracy"] for _ in self._seeds]
            accuracy = {"mean": mean(found), "min": min(found), "max": max(found)}
            rows.append({"data": data, "window": window, "gate": gate, "test_accuracy": accuracy})
        return rows


def _settings(window: int, gate: float) -> dict[str, Any]:
    return {"window": window, "gate": gate, "expansion": WIDTH}
