"""NumPy alone: BLAS, and the interpreter for the walk of reinforcement."""

from bep_ref.runs.task import Task
from bep_studies.bench.software.bep_learner import BepLearner
from bep_studies.bench.software.blas_mlp import BlasMlp


def learner(task: Task) -> BepLearner:
    return BepLearner(task, BlasMlp)
