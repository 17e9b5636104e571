"""NumPy and BLAS, helped: the walk of reinforcement, which has no form without a loop, is the packed engine's."""

import numpy as np

from bep.bench.software.bep_learner import BepLearner
from bep.bench.software.blas_mlp import BlasMlp
from bep_ref.packed.reinforce import reinforce
from bep_ref.reinforce import DIGITS, OFF, threshold_planes
from bep_ref.task import Task


class HelpedMlp(BlasMlp):
    """:class:`BlasMlp` with compiled reinforcement."""

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
