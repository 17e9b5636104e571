"""PyTorch: the recurrent network with binary weights, states and outputs, trained through time like the perceptron."""

from typing import Any

import torch
from torch.nn.functional import linear

from bep_ref.config import ConfigError, RecurrentNetwork
from bep_ref.runs.task import Task
from bep_studies.bench.software.pytorch import QatLearner, Sign, layer


class RecurrentQatLearner(QatLearner):
    """Many-to-one: ``s_t = sign(W [x_t ; s_{t-1}])`` from a first state of +1, then an output layer and a classifier.

    The shape and the clock are those of `BinaryRnn`; the classifier is learned, too.
    """

    def _shapes(self, task: Task) -> list[tuple[int, int]]:
        network = task.network
        if not isinstance(network, RecurrentNetwork):
            raise ConfigError(f"data: {network} is no recurrent network")
        ends = (network.output, network.state), (network.classes, network.output)
        return [(network.state, network.inputs + network.state), *ends]

    def __init__(self, task: Task, rate: float) -> None:
        super().__init__(task, rate)
        self.clock = task.network.clock if isinstance(task.network, RecurrentNetwork) else 1

    def _logits(self, a: Any) -> Any:
        step, output, classifier = self.weights
        inputs, fan_in = a.shape[2], step.shape[1]
        weight = Sign.apply(step)
        fed, recurrent = linear(a, weight[:, :inputs]), weight[:, inputs:]
        state = torch.ones(len(a), len(step))
        beat = torch.arange(len(step)) % self.clock
        for t, (z, x) in enumerate(zip(fed.unbind(1), a.unbind(1), strict=True)):
            # divided last, so that sums are whole numbers and ties are ties
            after = Sign.apply((z + linear(state, recurrent)) / fan_in**0.5)
            # a neuron that the clock holds keeps its state, and so does a sequence that has ended
            moves = (x != 0).any(1, keepdim=True) & (beat == t % self.clock)
            state = torch.where(moves, after, state)
        return layer(Sign.apply(layer(state, output)), classifier)
