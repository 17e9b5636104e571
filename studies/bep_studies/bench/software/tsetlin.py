"""The Tsetlin machine of the package tmu: clauses of literals, voted on by automata; also free of floats."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tmu.clause_bank import clause_bank
from tmu.models.classification.vanilla_classifier import TMClassifier

from bep_ref.runs.task import Task

CLAUSES, THRESHOLD, SPECIFICITY = 512, 640, 5.0


class _Uint32(np.uint32):
    """NumPy 1's: tmu 0.8.3 writes ``np.uint32(~0)``, which NumPy 2 refuses."""

    def __new__(cls, value: int) -> Any:
        return np.uint32(value & 0xFFFFFFFF)


vars(clause_bank)["np"] = SimpleNamespace(**vars(np) | {"uint32": _Uint32})


class TsetlinLearner:
    """One epoch of ``fit`` after the other."""

    def __init__(self, task: Task) -> None:
        self.machine = TMClassifier(
            CLAUSES, THRESHOLD, SPECIFICITY, platform="CPU", weighted_clauses=True, seed=task.training.seed
        )
        self.x, self.y = self._literals(task.train.x), task.train.y.astype(np.uint32)

    @staticmethod
    def _literals(x: NDArray[Any]) -> NDArray[np.uint32]:
        return (x > 0).astype(np.uint32)

    def epoch(self, number: int) -> None:
        self.machine.fit(self.x, self.y)

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.machine.predict(self._literals(x)))

    def digest(self) -> None:
        return None


def learner(task: Task) -> TsetlinLearner:
    return TsetlinLearner(task)
