"""This project's packed engine."""

from bep.bench.software.bep_learner import BepLearner
from bep_ref.packed.mlp import PackedMlp
from bep_ref.task import Task


def learner(task: Task) -> BepLearner:
    return BepLearner(task, PackedMlp)
