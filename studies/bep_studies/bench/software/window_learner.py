"""Window networks on either engine."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError, WindowNetwork
from bep_ref.networks.initial import initial_net
from bep_ref.networks.windows import BinaryWindows
from bep_ref.runs.evaluate import predict
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, shifts


class WindowLearner:
    """The mini-batches of `Trainer`, without its records."""

    def __init__(self, task: Task, engine: str) -> None:
        self.task = task
        # one step of a network that is thrown away: what is compiled is compiled before the clock starts
        moves = np.zeros((2, 2), np.int64)
        self._network(engine).step(task.train.x[:2], task.train.y[:2], shifts=moves)
        self.net = self._network(engine)
        self.samples = self.net.load(task.train.x)

    def _network(self, engine: str) -> BinaryWindows:
        network = self.task.network
        if not isinstance(network, WindowNetwork):
            raise ConfigError(f"data: {network} is no window network")
        return initial_net(network, self.task.training, engine)

    def epoch(self, number: int) -> None:
        task, moves = self.task, shifts(self.task, number)
        self.net.settled = task.training.rests(number - 1)
        self.net.head.begin_epoch()
        for index in batches(task, number):
            self.net.train_batch(self.samples[index], task.train.y[index], None if moves is None else moves[index])

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        return predict(self.net, x)

    def digest(self) -> str:
        """Hash of all counters, the read-out's too."""
        counters = (self.net.counters, self.net.readout)
        return hashlib.sha256(b"".join(q.astype("<i2").tobytes() for q in counters)).hexdigest()
