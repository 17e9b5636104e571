"""The network of a training run, on a board instead of in NumPy."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_host.device import Device, Progress, silent
from bep_hw.plan.registers import address, learning_settings
from bep_ref.config import AnyNetwork, ConfigError, on_chip, rule_named
from bep_ref.networks.initial import assemble
from bep_ref.networks.learner import Learner
from bep_ref.networks.reinforce import Xorshift32
from bep_ref.networks.rules import Batch
from bep_ref.runs.task import Task

Ints = NDArray[Any]


class DeviceLearner:
    """Takes the place of ``learner`` in a run of ``task``: what it knows is loaded into ``device``.

    Winners and reinforced counters stay on the board, so a batch does not tell them.
    """

    def __init__(self, device: Device, task: Task, learner: Learner, progress: Progress = silent) -> None:
        network = on_chip(task.network)
        if not device.machine.training:
            raise ConfigError(f"board: {device.name} only infers; build a bitstream that learns")
        if device.machine.rule != task.training.rule:
            raise ConfigError(f"board: {device.name} learns by {device.machine.rule}; it must be {task.training.rule}")
        if not _holds(device.network, network):
            raise ConfigError(
                f"board: {device.name} holds {_described(device.network)}, the run needs {_described(network)}; "
                "build and load its bitstream"
            )
        self.device, self.network, self.classifiers = device, network, learner.classifiers
        self.group_size = list(learner.group_size)
        self.walk_block = device.layout.column
        self._training = task.training
        self._counters: list[Ints] | None = None
        self._written: dict[int, int] = {}
        device.reset()
        device.load(learner.matrices, learner.classifiers, progress)
        device.write_registers({address("seed"): learner.generator.state})
        self.configure(None)

    @property
    def generator(self) -> Xorshift32:
        """As it stands on the board."""
        return Xorshift32(self.device.read_register("seed"))

    @property
    def matrices(self) -> list[Ints]:
        """The counters, read from the board, once after every change."""
        if self._counters is None:
            self._counters = self.device.counters()
        return self._counters

    def load(self, x: Ints) -> Ints:
        """Samples as `step` takes them."""
        return np.asarray(x)

    def step(self, x: Ints, y: Ints, reinforcement: list[float] | None = None) -> Batch:
        """One mini-batch, as `step`."""
        self.prepare(reinforcement)
        predictions, triggered = self.device.train(x, y)
        return Batch(predictions, triggered, None, None)

    def predict(self, x: Ints) -> Ints:
        """Classes (n,) of samples ``x``, see `checked`."""
        return self.device.infer(np.asarray(x))

    def scores(self, x: Ints) -> Ints:
        """Scores (n, C), computed here with the board's counters: a board reports classes alone."""
        return assemble(self.network, self._training, self.matrices, self.classifiers, 1).scores(np.asarray(x))

    def prepare(self, reinforcement: Sequence[float] | None) -> None:
        """Before the board learns; `ConfigError` where it cannot learn so."""
        on_chip(self.network, self._training)
        self.configure(reinforcement)
        self._counters = None

    def configure(self, reinforcement: Sequence[float] | None) -> None:
        """Write the registers whose values differ from those written last."""
        training = self._training
        chances = list(reinforcement) if reinforcement is not None else None
        rule = rule_named(training.rule)
        wanted = learning_settings(self.network, training.margin, training.gate, self.group_size, rule, chances)
        changed = {place: value for place, value in wanted.items() if self._written.get(place) != value}
        self.device.write_registers(changed)
        self._written = wanted


def _holds(board: AnyNetwork, network: AnyNetwork) -> bool:
    """Whether ``network`` is the ``board``'s; of sequences it may have room for more steps."""
    if board.steps > network.steps and network.SEQUENTIAL:
        network = network.of_steps(board.steps)
    return board == network


def _described(network: AnyNetwork) -> str:
    return f"{network} with {network.counter_bits}-bit counters"
