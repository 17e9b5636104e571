"""Binary Error Propagation on any of its engines."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import perceptron
from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.runs.evaluate import predict
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, reinforcement


class BepLearner:
    """The mini-batches of `Trainer`, without its records."""

    def __init__(self, task: Task, engine: type[BinaryMlp]) -> None:
        self.task, self.error_rate = task, 1.0
        # one step of a network that is thrown away: what is compiled is compiled before the clock starts
        self._network(engine).step(task.train.x[:2], task.train.y[:2], [0.1] * len(task.network.widths))
        self.mlp = self._network(engine)
        self.samples = self.mlp.load(task.train.x)

    def _network(self, engine: type[BinaryMlp]) -> BinaryMlp:
        task = self.task
        start = initial_net(perceptron(task.network, "data"), task.training, "readable")
        return engine(
            start.counters,
            start.classifier,
            margin=task.training.margin,
            gate=task.training.gate,
            group_size=task.training.group_size,
            counter_bits=task.network.counter_bits,
            seed=start.generator.state,
        )

    def epoch(self, number: int) -> None:
        task, errors = self.task, 0
        chances = reinforcement(task.network, task.training.reinforcement, self.error_rate)
        for index in batches(task, number):
            y = task.train.y[index]
            errors += int(np.count_nonzero(self.mlp.train_batch(self.samples[index], y, chances) != y))
        self.error_rate = errors / len(task.train)

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        return predict(self.mlp, x)

    def digest(self) -> str:
        """Hash of all counters."""
        counters = b"".join(q.astype("<i2").tobytes() for q in self.mlp.counters)
        return hashlib.sha256(counters).hexdigest()
