"""The training run: epochs of shuffled mini-batches, the schedule, and the model that is best on validation data."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bep_ref.config import AnyNetwork, WindowTraining
from bep_ref.config.convert import convert
from bep_ref.networks.initial import initial_net
from bep_ref.networks.learner import Learner, WindowLearner, readout_of, with_readout
from bep_ref.networks.readout import Readout
from bep_ref.networks.reinforce import probability
from bep_ref.networks.rules import sign
from bep_ref.runs import shuffle
from bep_ref.runs.evaluate import accuracy
from bep_ref.runs.model import Model
from bep_ref.runs.schedule import group_sizes
from bep_ref.runs.seeding import below, permutation, stream
from bep_ref.runs.task import Task


@dataclass(frozen=True)
class Epoch:
    """Measurements of one epoch, counted from 1.

    ``errors`` wrong predictions among the training samples, each made before its batch's update; ``triggered`` samples
    that caused an update; ``winners`` updated neurons; ``reinforced`` counters pushed away from zero; ``group_size``
    per layer; ``seconds`` spent in training, without validation; ``flips`` weights of each matrix whose sign is another
    than before the epoch, None in runs that began before they were counted. A board tells neither ``winners`` nor
    ``reinforced``, and ``triggered`` not always.
    """

    epoch: int
    errors: int
    train_accuracy: float
    validation_accuracy: float
    triggered: int | None
    winners: int | None
    reinforced: int | None
    group_size: tuple[int, ...]
    seconds: float
    flips: tuple[int, ...] | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Epoch":
        """The epoch whose fields are ``values``, read from JSON; `ValueError` for one of another type."""
        types = {field.name: field.type for field in fields(cls)}
        return cls(**{name: convert(value, types.get(name)) for name, value in values.items()})


def batches(task: Task, epoch: int) -> Iterator[NDArray[np.int64]]:
    """Indices into ``task.train`` of each mini-batch of ``epoch`` (from 1), in the shuffled order of that epoch."""
    seed, bits = task.training.seed, task.training.shuffle_bits
    if bits:
        order = shuffle.order(shuffle.epoch_key(seed, epoch), bits, len(task.train))
    else:
        order = permutation(stream(seed, "shuffle", epoch), len(task.train))
    for start in range(0, len(order), task.training.batch_size):
        yield order[start : start + task.training.batch_size]


def batch_count(task: Task) -> int:
    """Mini-batches of one epoch; the last may be smaller."""
    return -(-len(task.train) // task.training.batch_size)


def reinforcement(network: AnyNetwork, strength: float, error_rate: float) -> list[float]:
    """Probability of each matrix of counters ([BEP], Sec. 3.3); ``error_rate`` of the epoch before, 1 in the first."""
    return [probability(strength, error_rate, fan_in) for fan_in in network.fan_in]


@dataclass(frozen=True)
class Counts:
    """What an epoch's training did, as `Epoch` has it."""

    errors: int
    triggered: int | None
    winners: int | None
    reinforced: int | None
    seconds: float


def by_batches(
    net: Learner, task: Task, epoch: int, samples: Any, probabilities: list[float], on_batch: Callable[[], Any]
) -> Counts:
    """Train ``net`` through ``epoch`` of ``task``, a mini-batch of the loaded ``samples`` after the other."""
    moves = shifts(task, epoch)
    return in_order(net, batches(task, epoch), samples, task.train.y, probabilities, on_batch, moves)


def shifts(task: Task, epoch: int) -> NDArray[np.int64] | None:
    """How far each training sample is moved in ``epoch`` (from 1), (n, 2) rows and columns; None where none is."""
    training = task.training
    if not isinstance(training, WindowTraining) or not training.shifts:
        return None
    choices = 2 * training.shifts + 1
    return below(stream(training.seed, "shifts", epoch), choices, (len(task.train), 2)) - training.shifts


def in_order(
    net: Learner,
    order: Iterable[NDArray[np.int64]],
    samples: Any,
    labels: NDArray[Any],
    probabilities: list[float],
    on_batch: Callable[[], Any] = lambda: None,
    moves: NDArray[np.int64] | None = None,
) -> Counts:
    """Train ``net`` on the mini-batches of ``order``, each the indices of its loaded ``samples`` and ``labels``.

    ``moves`` (n, 2) shifts the samples of a window network.
    """
    errors = triggered = 0
    winners, reinforced = [], []
    seconds = 0.0
    for index in order:
        started = time.perf_counter()
        if moves is None:
            batch = net.step(samples[index], labels[index], probabilities)
        else:
            batch = cast(WindowLearner, net).step(samples[index], labels[index], shifts=moves[index])
        seconds += time.perf_counter() - started
        errors += int(np.count_nonzero(batch.predictions != labels[index]))
        triggered += int(np.count_nonzero(batch.triggered))
        won = None if batch.winners is None else sum(int(np.count_nonzero(chosen)) for chosen in batch.winners)
        winners.append(won)
        reinforced.append(batch.reinforced)
        on_batch()
    return Counts(errors, triggered, _total(winners), _total(reinforced), seconds)


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _flips(before: Sequence[NDArray[Any]], counters: Sequence[NDArray[Any]]) -> tuple[int, ...]:
    """Of each matrix, how many weights are not those ``before``."""
    return tuple(int(np.count_nonzero(sign(q) != was)) for q, was in zip(counters, before, strict=True))


class Trainer:
    """A run in progress. Its whole state is ``net``, what is kept, and ``history``; see `bep_ref.runs.checkpoint`.

    Kept are ``best_counters`` and ``best_readout``, those after the `best` epoch, by validation accuracy. ``teach``
    trains ``net`` through one epoch.
    """

    teach: Callable[..., Counts] = staticmethod(by_batches)

    def __init__(
        self,
        task: Task,
        net: Learner | None = None,
        best_counters: list[NDArray[Any]] | None = None,
        history: Sequence[Epoch] = (),
        best_readout: Readout | None = None,
    ) -> None:
        self.task = task
        self.net = net or initial_net(task.network, task.training)
        self.history = list(history)
        self.best_counters = best_counters or self._copy_counters()
        self.best_readout = best_readout or self._copy_readout()

    def _copy_counters(self) -> list[NDArray[Any]]:
        return [q.copy() for q in self.net.matrices]

    def _copy_readout(self) -> Readout | None:
        readout = readout_of(self.net)
        return readout.copy() if readout else None

    @property
    def best(self) -> Epoch:
        """The epoch whose counters are kept."""
        return max(self.history, key=self._rank)

    def _rank(self, epoch: Epoch) -> tuple[float, ...]:
        """The larger, the better an epoch: the earliest of equals is kept.

        A window network's epochs with resting kernels come before all others, the latest of equals before earlier ones.
        """
        training = self.task.training
        if not isinstance(training, WindowTraining):
            return (epoch.validation_accuracy,)
        return training.rests(epoch.epoch - 1), epoch.validation_accuracy, epoch.epoch

    @property
    def samples_per_second(self) -> float:
        """Training samples over training time, in the median epoch: the first may compile kernels."""
        return len(self.task.train) / median(epoch.seconds for epoch in self.history)

    @property
    def model(self) -> Model:
        """The network as it was after the `best` epoch."""
        task = self.task
        return Model(
            network=task.network,
            training=task.training,
            binariser=task.binariser,
            class_names=task.class_names,
            data=task.data,
            epoch=self.best.epoch,
            validation_accuracy=self.best.validation_accuracy,
            counters=self.best_counters,
            classifiers=self.net.classifiers,
            readout=self.best_readout,
            columns=task.columns,
            label=task.label,
        )

    def run(
        self,
        on_epoch: Callable[["Trainer"], Any] = lambda trainer: None,
        on_batch: Callable[[], Any] = lambda: None,
    ) -> None:
        """Train until ``task.training.epochs`` epochs are done.

        ``on_batch`` is called after every mini-batch, ``on_epoch`` after every epoch, when the state is consistent.
        """
        samples = self.net.load(self.task.train.x)
        # one mini-batch is too small for a second thread to be worth its waiting
        with threadpool_limits(limits=1, user_api="blas"):
            while len(self.history) < self.task.training.epochs:
                self._run_epoch(samples, on_batch)
                on_epoch(self)

    def _run_epoch(self, samples: Any, on_batch: Callable[[], Any]) -> None:
        task, net, training = self.task, self.net, self.task.training
        net.group_size = list(
            group_sizes(training, task.network.widths, [epoch.validation_accuracy for epoch in self.history])
        )
        if learner := with_readout(net):
            learner.settled = training.rests(len(self.history))
            if learner.head:
                learner.head.begin_epoch()
        error_rate = self.history[-1].errors / len(task.train) if self.history else 1.0
        probabilities = reinforcement(task.network, training.reinforcement, error_rate)
        before = [sign(q) for q in net.matrices]
        counts = self.teach(net, task, len(self.history) + 1, samples, probabilities, on_batch)
        validation = accuracy(net, task.validation.x, task.validation.y)
        self.history.append(
            Epoch(
                epoch=len(self.history) + 1,
                train_accuracy=1 - counts.errors / len(task.train),
                validation_accuracy=validation,
                group_size=tuple(net.group_size),
                flips=_flips(before, net.matrices),
                **vars(counts),
            )
        )
        if self.best is self.history[-1]:
            self.best_counters, self.best_readout = self._copy_counters(), self._copy_readout()
