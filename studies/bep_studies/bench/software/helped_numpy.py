"""NumPy and BLAS, helped: the walk of reinforcement, which has no form without a loop, is the packed engine's."""

import numpy as np

from bep_ref.networks.reinforce import DIGITS, OFF, threshold_planes
from bep_ref.packed.reinforce import reinforce
from bep_ref.runs.task import Task
from bep_studies.bench.software.bep_learner import BepLearner
from bep_studies.bench.software.blas_mlp import BlasMlp


class HelpedMlp(BlasMlp):
    """`BlasMlp` with compiled reinforcement."""

    def _reinforce(self, probabilities: list[float]) -> int:
        count = 0
        for q, p in zip(self.counters, probabilities, strict=True):
            planes = np.array(threshold_planes(p), np.uint32)
            if planes[0] != OFF:
                state = np.uint32(self.generator.state)
                state, met = reinforce(q, planes, DIGITS, self.walk_block, *self._limits, state)
                self.generator.state = int(state)
                count += int(met)
        return count


def learner(task: Task) -> BepLearner:
    return BepLearner(task, HelpedMlp)
