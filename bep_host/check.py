"""A run on a board beside the golden model's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bep_hw.plan.layout import Layout
from bep_ref.config import on_chip
from bep_ref.networks.initial import initial_net
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.task import Task
from bep_ref.runs.train import Trainer
from bep_sim.tally import Tally


@dataclass(frozen=True)
class Check:
    """What was compared, and what of it differs between two runs; ``first_difference`` is one line.

    ``golden_test_accuracy`` is that of the network which the golden model keeps.
    """

    counters_compared: int
    predictions_compared: int
    mismatches: int
    first_difference: str
    golden_test_accuracy: float


def golden_run(task: Task, layout: Layout, on_batch: Callable[[], Any] = lambda: None) -> Trainer:
    """The same run in software, with reinforcement in the order of ``layout``'s machine."""
    net = initial_net(on_chip(task.network, task.training), task.training)
    net.walk_block = layout.column
    golden = Trainer(task, net)
    golden.run(on_batch=on_batch)
    return golden


def compare(golden: Trainer, run: Trainer) -> Check:
    """Every counter at the end and of the kept epoch, the generator, every epoch's counts of predictions, and the
    predictions of test data by the network as it is at the end."""
    tally = Tally()
    for kind, wanted, found in (
        ("at the end", golden.net.matrices, run.net.matrices),
        ("kept", golden.best_counters, run.best_counters),
    ):
        for layer, (want, got) in enumerate(zip(wanted, found, strict=True), start=1):
            tally.equal(f"{kind}, layer {layer}, counter", want, got)
    tally.equal("generator, state", np.array([golden.net.generator.state]), np.array([run.net.generator.state]))
    for expected, seen in zip(golden.history, run.history, strict=True):
        for name in ("errors", "triggered", "validation_accuracy"):
            if getattr(seen, name) is None:
                continue
            values = (np.array([getattr(epoch, name)]) for epoch in (expected, seen))
            tally.equal(f"epoch {expected.epoch}, {name}", *values)
    test = run.task.test
    tally.equal("test data, prediction", golden.net.predict(test.x), run.net.predict(test.x))
    return Check(
        counters_compared=tally.compared["counter"],
        predictions_compared=tally.compared["prediction"],
        mismatches=tally.mismatches,
        first_difference=tally.first,
        golden_test_accuracy=accuracy(golden.model.net(), test.x, test.y),
    )
