"""Accuracy by the width of the counters: training runs over widths, batch sizes, data sets and seeds."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from bep_ref.datasets import load
from bep_ref.files.atomic import write_atomically
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

WIDTHS = (4, 5, 6, 7, 8, 10, 12, 16)
BATCHES = (1, 100)
SIGMA = 32.0
"""Spread of initial counters that have room for it; narrower ones begin with an eighth of their range."""


@dataclass(frozen=True)
class Run:
    """One training run of the study, on data ``spec``."""

    spec: str
    counter_bits: int
    batch_size: int
    epochs: int
    seed: int

    @property
    def settings(self) -> dict[str, Any]:
        """What `prepare` gets; all else is the data's own preset."""
        return {
            "hidden": (128, 128),
            "counter_bits": self.counter_bits,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "sigma": min(SIGMA, 2.0 ** (self.counter_bits - 3)),
            "seed": self.seed,
        }

    def measure(self, on_epoch: Callable[["Run"], Any]) -> dict[str, float]:
        """Accuracies of the model kept by validation; ``on_epoch`` is called after each epoch."""
        task = prepare(load(self.spec), self.settings)
        trainer = Trainer(task)
        trainer.run(lambda _: on_epoch(self))
        return {
            "validation_accuracy": trainer.best.validation_accuracy,
            "test_accuracy": accuracy(trainer.model.net(), task.test.x, task.test.y),
        }


def measure_all(
    runs: Sequence[Run], folder: Path, on_epoch: Callable[[Run], Any] = lambda run: None
) -> list[dict[str, Any]]:
    """One row a run. Rows are kept in ``folder``: after an interruption the rest follows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for run in runs:
        what = {"data": run.spec, **run.settings, "hidden": list(run.settings["hidden"])}
        name = f"{run.spec.partition(':')[0]}-b{run.batch_size}-{run.counter_bits}bit-seed{run.seed}.json"
        kept = folder / name
        row = json.loads(kept.read_text()) if kept.exists() else {}
        if row.get("what") != what:
            row = {"what": what, **run.measure(on_epoch)}
            write_atomically(kept, (json.dumps(row, indent=2) + "\n").encode())
        else:
            for _ in range(run.epochs):
                on_epoch(run)
        rows.append(row)
    return rows


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mean, least and greatest test accuracy over seeds, for each data set, batch size and width in order."""
    cells: dict[tuple[str, int, int], list[float]] = {}
    for row in rows:
        what = row["what"]
        cells.setdefault((what["data"], what["batch_size"], what["counter_bits"]), []).append(row["test_accuracy"])
    return [
        {
            "data": data,
            "batch_size": batch,
            "counter_bits": bits,
            "seeds": len(found),
            "test_accuracy": {"mean": mean(found), "min": min(found), "max": max(found)},
        }
        for (data, batch, bits), found in cells.items()
    ]
