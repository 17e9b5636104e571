"""The methods, the hyperparameters searched for each, and one run of any of them."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bep_ref.config import ConfigError, default_group_sizes
from bep_ref.datasets import Dataset, load
from bep_ref.inputs.series import series_lengths
from bep_ref.networks.rules import sign
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import Task, prepare
from bep_ref.runs.train import Trainer
from bep_studies.reproduce.folds import Fold, cut

Settings = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """The ``grid`` of settings that are searched, all combinations, and those that are ``fixed``.

    ``group_target`` stands for the divisor of the width nearest to it.
    """

    grid: dict[str, tuple[Any, ...]]
    fixed: Settings

    def candidates(self, width: int) -> list[Settings]:
        """Every combination of the grid for layers of ``width`` neurons; those that come to the same only once."""
        found = []
        for values in itertools.product(*self.grid.values()):
            settings = dict(zip(self.grid, values, strict=True))
            if "group_target" in settings:
                settings["group_size"] = list(default_group_sizes((width,), settings.pop("group_target")))
            if settings not in found:
                found.append(settings)
        return found


_START = {"group_target": (2, 7, 25)}
"""Group sizes to begin with: updates are dense first and grow sparser, and how dense matters most."""
_GROWTH = {"patience": 3, "group_limit": 1.0, "counter_bits": 16, "batch_size": 100}
METHODS = {
    "bep": Method(_START, {"gate": 0.5, **_GROWTH}),
    "local": Method(_START, {"rule": "local", "margin": 0.25, **_GROWTH}),
    "qat": Method({"rate": (0.001, 0.003, 0.01)}, {"batch_size": 100}),
}
"""By name: those with hyperparameters. QAT is the network of `bep_studies.bench.software.pytorch`."""
RECURRENT_METHODS = {
    "bep": Method({"gate": (0.05, 0.1, 0.2)}, {}),
    "qat": Method({"rate": (0.003, 0.01, 0.03)}, {}),
}
"""The same of recurrent networks; what an experiment searches beside is the same for both."""
MAJORITY = "majority"
"""Name of the trivial method: `majority_accuracy`, which has none."""


def majority_accuracy(task: Task) -> float:
    """Test accuracy of one pass: every class's prototype is the majority of each bit over its training samples."""
    x, y = task.train.x, task.train.y
    votes = np.stack([x[y == label].sum(axis=0, dtype=np.int64) for label in range(task.network.classes)])
    logits = task.test.x.astype(np.float32) @ sign(votes).T.astype(np.float32)
    return float((logits.argmax(axis=1) == task.test.y).mean())


@lru_cache(maxsize=8)
def _load(data: str) -> Dataset:
    """Data sets that one process meets again and again."""
    return load(data)


def load_sequences(data: str, windows: Iterable[int]) -> Dataset:
    """Sequences of specification ``data`` that are as long as the ``windows`` that a step may see, or longer.

    Raises
    ------
    ConfigError : data that cannot be read, that is no sequences, or too short.
    """
    dataset = _load(data)
    if not dataset.sequential:
        raise ConfigError(f"data: {data} holds no sequences")
    shortest = min(series_lengths(part).min() for part in (dataset.x_train, dataset.x_test))
    for window in windows:
        if not 1 <= window <= shortest:
            raise ConfigError(f"windows: {window} is out of range; it must be 1 to {shortest}, the shortest of {data}")
    return dataset


def learn(
    data: str, method: str, hidden: list[int], settings: Settings, epochs: int, seed: int, fold: Fold | None = None
) -> dict[str, Any]:
    """One run: validation and test accuracy of the epoch best on validation, test accuracy of the last epoch.

    For sequences, ``hidden`` are the widths of state and output layer. With a ``fold``, that is the test part, and the
    others are learned from. ``best_test_accuracy`` is that of the epoch best on test data: a figure to compare
    protocols with, no result.
    """
    own = {name: value for name, value in settings.items() if name != "rate"}
    dataset = cut(_load(data), fold) if fold else _load(data)
    shape = dict(zip(("state", "output"), hidden, strict=True)) if dataset.sequential else {"hidden": hidden}
    task = prepare(dataset, own | shape | {"epochs": epochs, "seed": seed})
    if method == MAJORITY:
        return {"test_accuracy": majority_accuracy(task)}
    curve = list(_train_qat(task, settings["rate"]) if method == "qat" else _train_bep(task))
    validation, test = zip(*curve, strict=True)
    kept = int(np.argmax(validation))
    return {
        "epoch": kept + 1,
        "validation_accuracy": validation[kept],
        "test_accuracy": test[kept],
        "last_test_accuracy": test[-1],
        "best_test_accuracy": max(test),
    }


def _train_bep(task: Task) -> Iterator[tuple[float, float]]:
    """Validation and test accuracy after every epoch."""
    curve = []

    def measure(trainer: Trainer) -> None:
        test = accuracy(trainer.net, task.test.x, task.test.y)
        curve.append((trainer.history[-1].validation_accuracy, test))

    Trainer(task).run(measure)
    yield from curve


def _train_qat(task: Task, rate: float) -> Iterator[tuple[float, float]]:
    """The same of the network trained by PyTorch."""
    from bep_studies.bench.software.pytorch import QatLearner
    from bep_studies.bench.software.pytorch_rnn import RecurrentQatLearner

    learner = (RecurrentQatLearner if task.network.SEQUENTIAL else QatLearner)(task, rate)
    for number in range(1, task.training.epochs + 1):
        learner.epoch(number)
        yield tuple(  # type: ignore[misc]  # two of them
            float((learner.predict(part.x) == part.y).mean()) for part in (task.validation, task.test)
        )
