"""The readable specification on a window network."""

from bep_ref.runs.task import Task
from bep_studies.bench.software.window_learner import WindowLearner


def learner(task: Task) -> WindowLearner:
    return WindowLearner(task, "readable")
