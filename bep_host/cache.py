"""The samples that a board holds, and the epochs that it learns from them by itself."""

import time
from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from bep_host.device import Device, Progress, silent
from bep_host.device_learner import DeviceLearner
from bep_host.errors import LinkError
from bep_hw.plan.images import pack_records
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address, cache_settings
from bep_ref.config import ConfigError
from bep_ref.networks.learner import Learner
from bep_ref.runs.shuffle import epoch_key
from bep_ref.runs.task import Task
from bep_ref.runs.train import Counts

SHORTEST_SECONDS, LONGEST_SECONDS = 0.002, 0.2
"""Between two looks at epochs in progress, in between a part of what they have taken so far: a look costs the board the
time of a few samples."""
LOOK_PART = 1 / 16
EPOCH_SECONDS, SAMPLE_SECONDS = 10.0, 1.0
"""An epoch takes no board longer, nor a simulated one: so much, and so much for each sample."""


class Cache:
    """Samples ``x`` (n, inputs) of ±1 and classes ``y`` (n,), written into ``device``; ``size`` is their number.

    Raises `ConfigError` if the board has no room for them.
    """

    def __init__(self, device: Device, x: ArrayLike, y: ArrayLike, progress: Progress = silent) -> None:
        self.device = device
        samples, classes = device.checked(x, y)
        self.size, room = len(classes), device.machine.cache_samples
        if not 1 <= self.size <= room:
            raise ConfigError(f"cache: {self.size} samples are out of range; {device.name} holds 1 to {room}")
        device.write(Space.COUNTERS, pack_records(device.layout, samples, classes), progress)

    def learn(
        self, batch_size: int, key: int, epochs: int = 1, watch: Callable[[int, int], Any] = lambda left, correct: None
    ) -> int:
        """Learn ``epochs``, the first in the order of ``key`` (`bep_ref.runs.shuffle`).

        Returns the number of samples that the last one predicted right. ``watch`` is called with (epochs left, samples
        that the last whole one predicted right). Ctrl-C stops the board.
        """
        device, place = self.device, address("cache_epochs")
        device.write_registers(cache_settings(self.size, batch_size, key) | {place: epochs})
        started = time.perf_counter()
        before, end = epochs, time.monotonic() + self._longest()
        try:
            while left := device.read_register("cache_epochs"):
                if left != before:
                    before, end = left, time.monotonic() + self._longest()
                if time.monotonic() >= end:
                    raise LinkError(f"port: {device.name}: the board does not finish its epoch; was it reset?")
                watch(left, device.read_register("cache_correct"))
                time.sleep(min(max(SHORTEST_SECONDS, LOOK_PART * (time.perf_counter() - started)), LONGEST_SECONDS))
        except KeyboardInterrupt:
            device.write_registers({place: 0})
            raise
        return device.read_register("cache_correct")

    def _longest(self) -> float:
        """Seconds after which an epoch has come to nothing."""
        return EPOCH_SECONDS + SAMPLE_SECONDS * self.size

    def teach(
        self,
        net: Learner,
        task: Task,
        epoch: int,
        samples: Any,
        probabilities: list[float],
        on_batch: Callable[[], Any],
    ) -> Counts:
        """An epoch of a run whose samples are these, in the place of `by_batches`.

        ``net`` is the board's; ``on_batch`` has nothing to tell before the epoch is over.
        """
        assert isinstance(net, DeviceLearner)
        net.prepare(probabilities)
        before, started = self._triggers(), time.perf_counter()
        correct = self.learn(task.training.batch_size, epoch_key(task.training.seed, epoch))
        seconds, after = time.perf_counter() - started, self._triggers()
        for _ in range(0, self.size, task.training.batch_size):
            on_batch()
        triggered = None if before is None or after is None else (after - before) % 2**32
        return Counts(self.size - correct, triggered, None, None, seconds)

    def _triggers(self) -> int | None:
        """So far, of all samples; None where the board does not count them."""
        return self.device.read_register("triggers") if self.device.machine.statistics else None
