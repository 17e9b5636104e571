"""NumPy alone: BLAS, and the interpreter for the walk of reinforcement."""

from bep.bench.software.bep_learner import BepLearner
from bep.bench.software.blas_mlp import BlasMlp
from bep_ref.task import Task


def learner(task: Task) -> BepLearner:
    return BepLearner(task, BlasMlp)
