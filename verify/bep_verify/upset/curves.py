"""Accuracy while counters or visible weights flip, and after they have stopped, in the golden model.

A flip is the same in hardware: `bep_verify.upset.trials` flips counters there beside this model, bit for bit.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, reinforcement

RATES = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)
"""Chance of a bit to flip during one mini-batch. In orbit it is some 1e-10 to 1e-6 a bit and day."""
PLANES = ("counters", "visible")


def flip_counters(q: NDArray[Any], bits: int, places: NDArray[Any]) -> None:
    """Flip ``places`` (n,) of the ``bits`` bits a counter of ``q``; place 0 is the lowest of the first counter."""
    flat = q.reshape(-1)
    for place in places.tolist():
        index, bit = divmod(place, bits)
        value = (int(flat[index]) ^ 1 << bit) & ((1 << bits) - 1)
        flat[index] = value - (value >> bits - 1 << bits)


def curve(
    task: Task, plane: str, rate: float, upset_epochs: int, healing_epochs: int, done: Callable[[], Any]
) -> list[float]:
    """Test accuracy behind each epoch: upsets at ``rate`` in ``plane`` for ``upset_epochs``, then none.

    Counters flip in front of a mini-batch, and are seen from the next commit on; visible weights flip in front of one,
    and the commit behind it writes them anew.
    """
    net = initial_net(task.network, task.training, "readable")
    assert isinstance(net, BinaryMlp)
    random = np.random.default_rng(task.training.seed)
    error_rate, measured = 1.0, []
    for epoch in range(1, upset_epochs + healing_epochs + 1):
        chances = reinforcement(net.network, task.training.reinforcement, error_rate)
        errors = 0
        for indices in batches(task, epoch):
            if epoch <= upset_epochs:
                _upset(net, plane, rate, random)
            x, y = task.train.x[indices], task.train.y[indices]
            errors += int((net.step(x, y, chances).predictions != y).sum())
        error_rate = errors / len(task.train)
        measured.append(accuracy(net, task.test.x, task.test.y))
        done()
    return measured


def _upset(net: BinaryMlp, plane: str, rate: float, random: np.random.Generator) -> None:
    for q, weights in zip(net.counters, net.weights, strict=True):
        bits = net.network.counter_bits if plane == "counters" else 1
        places = random.integers(0, q.size * bits, random.binomial(q.size * bits, rate))
        if plane == "counters":
            flip_counters(q, bits, places)
        else:
            np.multiply.at(weights.reshape(-1), places, -1)
