"""One contender's run in its own process: ``python -m bep_studies.bench.software.contender NAME DATA EPOCHS SEED``."""

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from bep_ref.datasets import load
from bep_ref.runs.task import prepare

PERCEPTRON = {"hidden": (128, 128), "batch_size": 100, "patience": 0}
"""Settings of the network that most contenders learn."""
WINDOWS = {"preset": "windows"}
"""Those of the window network."""


@dataclass(frozen=True)
class Contender:
    """``title`` in the table, the ``packages`` it needs, and the ``settings`` of its network.

    Contenders of the same settings that have digests must end with the same ones.
    """

    title: str
    packages: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=lambda: PERCEPTRON)


CONTENDERS = {
    "packed": Contender("BEP, packed engine", ("numba",)),
    "helped_numpy": Contender("BEP, NumPy with float32 BLAS, reinforcement compiled", ("numba",)),
    "plain_numpy": Contender("BEP, NumPy with float32 BLAS", ()),
    "windows": Contender("windows, packed engine", ("numba",), WINDOWS),
    "windows_readable": Contender("windows, NumPy with float32 BLAS", (), WINDOWS),
    "pytorch": Contender("straight-through QAT, PyTorch, Adam", ("torch",)),
    "tsetlin": Contender("Tsetlin machine, tmu, 512 clauses a class", ("tmu",)),
}
"""By the names of their modules in this folder, in the order of the table."""


class Learner(Protocol):
    """Something that learns a task by epochs."""

    def epoch(self, number: int) -> None:
        """Learn all training samples once; ``number`` counts from 1."""

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        """Classes (n,) of ``x`` (n, inputs) of ±1."""

    def digest(self) -> str | None:
        """What two runs that did the same share; None if they never do."""


def measure(name: str, data: str, epochs: int, seed: int) -> dict[str, Any]:
    """Train, timing the epochs alone; accuracy on test data is that of the epoch best on validation data.

    Seconds are those of the processor, which on one thread of an idle machine are the clock's: what else runs on the
    machine takes turns, but is not counted.
    """
    task = prepare(load(data), {**CONTENDERS[name].settings, "epochs": epochs, "seed": seed})
    learner: Learner = import_module(f"bep_studies.bench.software.{name}").learner(task)
    seconds, best, test = 0.0, -1.0, 0.0
    for number in range(1, epochs + 1):
        started = time.process_time()
        learner.epoch(number)
        seconds += time.process_time() - started
        validation = float((learner.predict(task.validation.x) == task.validation.y).mean())
        if validation > best:
            best, test = validation, float((learner.predict(task.test.x) == task.test.y).mean())
    return {
        "samples": len(task.train),
        "samples_per_second": epochs * len(task.train) / seconds,
        "test_accuracy": test,
        "peak_memory_mb": peak_memory_mb(),
        "digest": learner.digest(),
    }


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in 10**6 bytes."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    # the resource module's figure would contain what the parent held when it started this process
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    name, data, epochs, seed = sys.argv[1:]
    print(json.dumps(measure(name, data, int(epochs), int(seed))))
