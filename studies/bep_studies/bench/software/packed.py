"""This project's packed engine."""

from bep_ref.packed.mlp import PackedMlp
from bep_ref.runs.task import Task
from bep_studies.bench.software.bep_learner import BepLearner


def learner(task: Task) -> BepLearner:
    return BepLearner(task, PackedMlp)
