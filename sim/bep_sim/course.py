"""The golden model's course through a training run, step by step, in the order in which hardware takes the same steps.

What is decided comes from `BinaryMlp.decide` and `BinaryRnn.decide`; counters are stepped here once more,
one winner after the other, by the model's own rules, and have to end where the model's end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.learning.unroll import SS, SY, XS
from bep_hw.plan.images import last_steps, pack_visible
from bep_hw.plan.layout import Layout
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.reinforce import Xorshift32, reinforce, walk
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.rules import matmul, move, sign
from bep_sim.follow.events import (
    Column,
    CounterGroup,
    Decision,
    Event,
    PreActivation,
    Result,
    SampleEnd,
    Target,
    Winner,
)

Ints = NDArray[Any]
Steps = dict[str, list[tuple[str, Event]]]
"""Queue -> its events in order, each with the sample or sweep that it belongs to, in words."""


@dataclass(frozen=True)
class MiniBatch:
    """Samples ``x``, ``y`` of epoch ``epoch`` from its sample ``start`` on; ``chances`` of reinforcement."""

    epoch: int
    start: int
    x: Ints
    y: Ints
    chances: list[float] | None


@dataclass(frozen=True)
class GoldenCourse:
    """A network as it is before a run, and the mini-batches that it learns. Iterated over only once."""

    net: BinaryMlp | BinaryRnn
    batches: list[MiniBatch]

    def steps(self, layout: Layout) -> Iterator[Steps]:
        """Those of the first commit, then those of every mini-batch."""
        yield {"column": [("first commit", column) for column in _columns(layout, self.net.matrices)]}
        for batch in self.batches:
            yield _Recorder(self.net, layout, batch).steps()


def queue(kind: str, event: Event) -> str:
    """Events of one queue come in order. Two samples share the array, so that every layer has its own."""
    return f"{kind} {event.layer}" if isinstance(event, PreActivation) else kind


def _columns(layout: Layout, counters: list[Ints]) -> Iterator[Column]:
    """In the order of a sweep."""
    for layer, q in enumerate(counters):
        for (address, column), data in pack_visible(layout, layer, sign(q)).items():
            yield Column(address, column, data)


class _Recorder:
    """Lets ``net`` learn one mini-batch, and keeps its steps."""

    def __init__(self, net: BinaryMlp | BinaryRnn, layout: Layout, batch: MiniBatch) -> None:
        self.net, self.layout, self.batch = net, layout, batch
        self.counters = [q.copy() for q in net.matrices]
        self.limits = net.network.counter_range
        self.found: Steps = {}
        self.where = ""

    def steps(self) -> Steps:
        net, batch = self.net, self.batch
        generator = Xorshift32(net.generator.state)
        if isinstance(net, BinaryMlp):
            self._perceptron(net)
        else:
            self._recurrent(net)
        learned = net.step(batch.x, batch.y, batch.chances)
        if learned.triggered.any():
            self._commit(generator)
        for ours, q in zip(self.counters, net.matrices, strict=True):
            assert np.array_equal(ours, q), "the course has left the golden model"
        return self.found

    def _add(self, kind: str, event: Event, of: str = "") -> None:
        self.found.setdefault(queue(kind, event), []).append((self.where + of, event))

    def _samples(self) -> Iterator[tuple[int, bool]]:
        """Number of each sample, and whether it is the last one."""
        count = len(self.batch.y)
        for number in range(count):
            self.where = f"epoch {self.batch.epoch}, sample {self.batch.start + number}"
            yield number, number == count - 1

    def _perceptron(self, net: BinaryMlp) -> None:
        decided = net.decide(self.batch.x, self.batch.y)
        depth = len(net.counters)
        local = net.rule.every_layer
        classified = net.rule.classified(depth)
        logits = [matmul(decided.a[layer + 1], p.T) for layer, p in zip(classified, net.classifiers, strict=True)]
        predictions = decided.logits.argmax(axis=1)
        gates = [net.passes(layer, z) & (layer > 0) for layer, z in enumerate(decided.z)]
        for sample, last in self._samples():
            for layer, z in enumerate(decided.z):
                self._pre_activations(layer, z[sample])
            for layer, values in zip(classified, logits, strict=True):
                of = f", classifier of layer {layer + 1}" if local else ""
                self._pre_activations(self.layout.logit_layer, values[sample], of=of)
                self._add("decision", Decision(int(decided.triggers[layer][sample]), int(layer == depth - 1)), of)
            triggered = bool(np.any([trigger[sample] for trigger in decided.triggers]))
            self._add("result", Result(int(predictions[sample]), int(triggered)))
            for layer in reversed(range(depth)) if net.rule.goes_back else range(depth):
                if not decided.triggers[layer][sample]:
                    continue
                target = decided.targets[layer][sample]
                self._targets(layer, 0, target, gates[layer][sample])
                for row in self._winners(layer, target, decided.winners[layer][sample]):
                    self._step(layer, row, target, decided.a[layer][sample])
            self._add("order", SampleEnd(int(triggered), int(last)))

    def _recurrent(self, net: BinaryRnn) -> None:
        decided = net.decide(self.batch.x, self.batch.y)
        forward = decided.forward
        predictions = forward.logits.argmax(axis=1)
        lasts = last_steps(self.layout, self.batch.x)
        gates, gates_y = net.passes(forward.z), net.passes(forward.z_y)
        for sample, last in self._samples():
            steps, triggered = range(lasts[sample] + 1), int(decided.triggered[sample])
            states, targets = forward.states[sample], decided.states[sample]
            for step in steps:
                self._pre_activations(0, forward.z[sample, step], step)
            self._pre_activations(1, forward.z_y[sample])
            self._pre_activations(self.layout.logit_layer, forward.logits[sample])
            self._add("decision", Decision(triggered, 1))
            self._add("result", Result(int(predictions[sample]), triggered))
            if triggered:
                won, won_y = (winners[sample] for winners in decided.winners)
                output = decided.output[sample]
                self._targets(1, 0, output, gates_y[sample])
                for row in self._winners(1, output, won_y):
                    self._step(SY, row, output, states[-1])
                for step in reversed(steps):
                    self._targets(0, step, targets[step], gates[sample, step])
                for row in self._winners(0, targets[0], won):
                    for step in steps:
                        self._step(XS, row, targets[step], self.batch.x[sample, step])
                        self._step(SS, row, targets[step], states[step])
            self._add("order", SampleEnd(triggered, int(last)))

    def _pre_activations(self, layer: int, z: Ints, step: int = 0, of: str = "") -> None:
        is_logit = layer == self.layout.logit_layer
        for row, value in enumerate(z.tolist()):
            self._add("pre_activation", PreActivation(layer, row, step, int(value < 0), abs(value), is_logit), of)

    def _targets(self, layer: int, step: int, target: Ints, gate: Ints) -> None:
        for row, (value, passes) in enumerate(zip(target.tolist(), gate.tolist(), strict=True)):
            self._add("target", Target(layer, row, step, int(value > 0), int(passes)))

    def _winners(self, layer: int, target: Ints, won: NDArray[np.bool_]) -> list[int]:
        rows: list[int] = np.flatnonzero(won).tolist()
        for row in rows:
            group = row // self.net.group_size[layer]
            self._add("order", Winner(layer, row, int(target[row] > 0), group))
        return rows

    def _step(self, matrix: int, row: int, target: Ints, inputs: Ints) -> None:
        """A winner's counters towards its target."""
        q = self.counters[matrix]
        before = q[row].copy()
        move(q, np.array([row]), target, inputs, self.limits)
        for first in range(0, q.shape[1], self.layout.machine.update_lanes):
            self._group(matrix, row, first, before, q[row])

    def _group(self, matrix: int, row: int, first: int, before: Ints, after: Ints, reinforced: bool = False) -> None:
        lanes = slice(first, first + self.layout.machine.update_lanes)
        steps = tuple(before[lanes].tolist()), tuple(after[lanes].tolist())
        self._add("counters", CounterGroup(matrix, row, first, *steps, reinforced))

    def _commit(self, generator: Xorshift32) -> None:
        """Behind the mini-batch: reinforcement, if there is any, and visible weights, in the order of the sweep."""
        self.where = f"epoch {self.batch.epoch}, behind sample {self.batch.start + len(self.batch.y) - 1}"
        for matrix, q in enumerate(self.counters):
            if self.batch.chances is None:
                break
            chance, block, lanes = self.batch.chances[matrix], self.net.walk_block, self.layout.machine.update_lanes
            rows, columns = walk(q.shape, chance, block, Xorshift32(generator.state))
            before = q.copy()
            reinforce(q, chance, self.limits, block, generator)
            addresses = self.layout.group_address(matrix, columns // lanes, rows)
            # a group that is hit twice is written once
            for index in np.unique(addresses, return_index=True)[1].tolist():
                row = int(rows[index])
                self._group(matrix, row, int(columns[index] // lanes * lanes), before[row], q[row], True)
        for column in _columns(self.layout, self.counters):
            self._add("column", column)
