"""The golden model's run, and the job by which the hardware does the same."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.registers import address, cache_settings, reinforcement_settings, settings
from bep_hw.windows.host import window_settings
from bep_ref.config import Training
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.windows import BinaryWindows
from bep_ref.runs import shuffle
from bep_ref.runs.train import reinforcement
from bep_sim.course import MiniBatch
from bep_sim.job import EpochJob
from bep_sim.options import Options

Ints = NDArray[Any]
Net = BinaryMlp | BinaryRnn | BinaryWindows
"""The specification's networks."""


@dataclass
class Expected:
    """The golden model's course, in the shape of `Observed`."""

    predictions: list[Ints]
    triggered: list[Ints]
    counters: list[list[Ints]]
    correct: list[int] = field(default_factory=list)
    readout: list[Ints] = field(default_factory=list)
    batches: list[MiniBatch] = field(default_factory=list)


def infer(net: Net, epochs: list[tuple[Ints, Ints]]) -> tuple[list[EpochJob], Expected]:
    """The golden model's predictions; nothing is learned."""
    predictions = [net.predict(x) for x, _ in epochs]
    nothing = [np.zeros(len(y), dtype=bool) for _, y in epochs]
    return [EpochJob({}, x, y, none, ~none) for (x, y), none in zip(epochs, nothing, strict=True)], Expected(
        predictions, nothing, [net.matrices] * len(epochs)
    )


def play(
    net: Net, training: Training, epochs: list[tuple[Ints, Ints]], cache_bits: int, options: Options
) -> tuple[list[EpochJob], Expected]:
    """Train the golden model, writing down what the hardware needs to do the same.

    With ``cache_bits`` it shuffles the samples of every epoch that is not streamed by itself, the first by the key of
    ``options``.
    """
    course, key, ask_every = [training, *options.later], options.cache_key, options.ask_every
    expected = Expected([], [], [])
    jobs = []
    error_rate = 1.0
    for number, (x, y) in enumerate(epochs):
        registers: dict[int, int] = {}
        cached = cache_bits > 0 and number not in options.streamed
        if number < len(course):
            training = course[number]
            registers = {address("seed"): net.generator.state}
            if number and not isinstance(net, BinaryWindows):  # as a host that goes on from where it was
                net.margin, net.gate, net.group_size = training.margin, training.gate, list(training.group_size)
                registers |= {**settings_of(net), address("commit"): 1}
            if cached:
                registers |= cache_settings(len(y), training.batch_size, key)
        chances = reinforcement(net.network, training.reinforcement, error_rate) if training.reinforcement else None
        if isinstance(net, BinaryWindows):
            net.settled = training.rests(number)
            registers |= settings_of(net)
        else:
            registers |= reinforcement_settings(chances, len(net.matrices))
        samples = x, y
        if cached:
            shuffled = shuffle.order(key, cache_bits, len(y))
            x, y, key = x[shuffled], y[shuffled], shuffle.next_key(key)
        train = np.ones(len(y), dtype=bool)
        if ask_every and not cached:
            # a read-out learns from sample to sample: only those that begin a mini-batch see what the model sees
            first, every = (0, training.batch_size) if isinstance(net, BinaryWindows) else (ask_every - 1, ask_every)
            train[first::every] = False
        predictions, triggered = np.zeros(len(y), dtype=int), np.zeros(len(y), dtype=bool)
        for start in range(0, len(y), training.batch_size):
            batch = np.arange(start, min(start + training.batch_size, len(y)))
            learned, asked = batch[train[batch]], batch[~train[batch]]
            predictions[asked] = net.predict(x[asked])
            inputs, labels = x[learned], y[learned]
            expected.batches.append(MiniBatch(number + 1, start, inputs, labels, chances))
            step = net.step(inputs, labels, chances)
            predictions[learned], triggered[learned] = step.predictions, step.triggered
        expected.correct.append(int(np.sum(predictions == y)))
        expected.predictions.append(predictions)
        expected.triggered.append(triggered)
        expected.counters.append([q.copy() for q in net.matrices])
        if isinstance(net, BinaryWindows):
            expected.readout.append(net.readout.copy())
        last = np.zeros(len(y), dtype=bool)
        last[training.batch_size - 1 :: training.batch_size] = True
        last[-1] = True
        jobs.append(EpochJob(registers, *samples, last, train, cached=cached))
        error_rate = float(np.mean(predictions != y))
    return jobs, expected


def settings_of(net: Net) -> dict[int, int]:
    """Register writes that make hardware learn as ``net`` does."""
    if isinstance(net, BinaryWindows):
        rule = net.training
        return window_settings(net.network, rule.margin, rule.gate, net.group_size[0], net.settled)
    return settings(net.network, net.margin, net.gate, net.group_size, net.rule)
