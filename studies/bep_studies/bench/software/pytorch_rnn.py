"""PyTorch: the recurrent network with binary weights, states and outputs, trained through time like the perceptron."""

from typing import Any

import torch
from torch.nn.functional import linear

from bep_ref.config import ConfigError, RecurrentNetwork
from bep_ref.runs.task import Task
from bep_studies.bench.software.pytorch import QatLearner, Sign, layer


class RecurrentQatLearner(QatLearner):
    """Many-to-one: ``s_t = sign(W [x_t ; s_{t-1}])`` from a first state of +1, then an output layer and a classifier.

    The shape is that of `BinaryRnn`, but for the classifier, which is learned too.
    """

    def _shapes(self, task: Task) -> list[tuple[int, int]]:
        network = task.network
        if not isinstance(network, RecurrentNetwork):
            raise ConfigError(f"data: {network} is no recurrent network")
        ends = (network.output, network.state), (network.classes, network.output)
        return [(network.state, network.inputs + network.state), *ends]

    def _logits(self, a: Any) -> Any:
        step, output, classifier = self.weights
        inputs, fan_in = a.shape[2], step.shape[1]
        weight = Sign.apply(step)
        fed, recurrent = linear(a, weight[:, :inputs]), weight[:, inputs:]
        state = torch.ones(len(a), len(step))
        for z, x in zip(fed.unbind(1), a.unbind(1), strict=True):
            # divided last, so that sums are whole numbers and ties are ties
            after = Sign.apply((z + linear(state, recurrent)) / fan_in**0.5)
            # a sequence that has ended keeps its last state
            state = torch.where((x != 0).any(1, keepdim=True), after, state)
        return layer(Sign.apply(layer(state, output)), classifier)
