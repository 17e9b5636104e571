"""PyTorch: the same shapes with binary weights and activations, trained by straight-through gradients and Adam."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, linear

from bep_ref.config import perceptron
from bep_ref.runs.task import Task

RATE = 0.01
"""Adam's learning rate at the start that suits MNIST."""


class Sign(torch.autograd.Function):
    """±1 forward; backward the gradient passes where ``|z| <= 1``."""

    @staticmethod
    def forward(context: Any, z: Any) -> Any:
        context.save_for_backward(z)
        return torch.where(z >= 0, 1.0, -1.0)

    @staticmethod
    def backward(context: Any, gradient: Any) -> Any:
        (z,) = context.saved_tensors
        return gradient * (z.abs() <= 1)


def layer(a: Any, weight: Any) -> Any:
    """Pre-activations through the signs of ``weight``, divided by the root of the fan-in."""
    return linear(a, Sign.apply(weight)) / weight.shape[1] ** 0.5


class QatLearner:
    """Latent float weights, clipped to ±1.

    ``rate`` is Adam's learning rate at the start; it falls to zero along a cosine.
    """

    def __init__(self, task: Task, rate: float = RATE) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(task.training.seed)
        self.weights = [torch.nn.Parameter(torch.empty(shape).uniform_(-1, 1)) for shape in self._shapes(task)]
        self.x, self.y = self._floats(task.train.x), torch.from_numpy(task.train.y)
        self.batch_size = task.training.batch_size
        steps = task.training.epochs * -(-len(self.y) // self.batch_size)
        self.adam = torch.optim.Adam(self.weights, lr=rate, fused=True)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.adam, steps)

    def _shapes(self, task: Task) -> list[tuple[int, int]]:
        """Rows and columns of every matrix, the classifier's last."""
        network = perceptron(task.network, "data")
        return [*network.shapes, (network.classes, network.hidden[-1])]

    @staticmethod
    def _floats(x: NDArray[Any]) -> Any:
        return torch.from_numpy(x.astype(np.float32))

    def _logits(self, a: Any) -> Any:
        for weight in self.weights[:-1]:
            a = Sign.apply(layer(a, weight))
        return layer(a, self.weights[-1])

    def epoch(self, number: int) -> None:
        for index in torch.randperm(len(self.y)).split(self.batch_size):
            loss = cross_entropy(self._logits(self.x[index]), self.y[index])
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
            self.schedule.step()
            with torch.no_grad():
                for weight in self.weights:
                    weight.clamp_(-1, 1)

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        with torch.no_grad():
            return np.asarray(self._logits(self._floats(x)).argmax(1))

    def digest(self) -> None:
        return None


def learner(task: Task) -> QatLearner:
    return QatLearner(task)
