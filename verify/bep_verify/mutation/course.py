"""What every mutant has to do as the golden model does: rounds of learning, and a host that comes between."""

from collections.abc import Generator, Iterator
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.layout import Layout
from bep_hw.plan.load import load
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address, learning_settings
from bep_ref.config import Machine, Network, divisors
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.reinforce import DIGITS, Xorshift32, draw, reinforce, threshold_planes
from bep_verify.mutation.script import Script

NETWORK = Network(31, (15, 3, 12), 5, counter_bits=4)
"""Several words of a row, several columns, odd fan-ins, counters narrow enough to saturate, logits that tie; passes and
orders that are shorter than the pipelines they go through."""
MACHINE = Machine(lanes=12, update_lanes=2, backward_lanes=7, hits_ahead=4, spram=True, statistics=False)
"""What boards with single-port memories have; the one buffer of pre-activations is free just in time."""
ROUNDS = 24
LOADS = 6
"""In front of every round but the first: counters far from zero, of which breaks in the middle change no sign."""
BREAKS = 3
"""Behind a load."""
LONGEST = 360
"""Cycles from a sample's last beat to a reset; there are as many resets, one behind each number of cycles."""
BATCHES = (1, 3, 9, 5, 2, 10)
STALLS = ((0, 1), (60, 1), (140, 1), (3, 200), (20, 20))
"""Chance of 256, and the longest."""
CHANCES = (0.0, 1e-3, 0.004, 0.02, 0.05, 0.3, 1.0)
"""Of a layer's counters to be reinforced."""

SEEDS = 5000
"""Tried for a walk that ends in a corner."""


class MutantCourse:
    """Rounds of learning; each goes on with the random numbers of the one before."""

    net: BinaryMlp
    """What the machine should hold."""
    settings: dict[str, Any]
    """Its margin, gate and group sizes."""
    chances: list[float] | None
    """Of reinforcement, one a layer; None: never."""

    def __init__(self, network: Network = NETWORK, machine: Machine = MACHINE, seed: int = 1) -> None:
        self.network, self.layout = network, Layout(network, machine)
        self.script, self.random = Script(self.layout), np.random.default_rng(seed)
        self.delays = cycle(self.random.permutation(LONGEST).tolist())
        """Of resets: every one once before any comes again."""

    def all_rounds(self) -> list[str]:
        """The whole course of a mutant."""
        lines: list[str] = []
        for number in range(ROUNDS):
            if number:
                lines += self._breaks()
            lines += self.round(number, visits=True)
        return lines

    def round(self, number: int, visits: bool = False) -> Iterator[str]:
        """From counters, classifier and settings of its own: every round reaches other corners.

        Three sections: all is loaded; mini-batches; all is read back. With ``visits`` the host comes between
        mini-batches, and in the middle of some.
        """
        random, network, script = self.random, self.network, self.script
        yield "stall {:x} {:x}".format(*STALLS[number % len(STALLS)])
        low, high = network.counter_range
        spread = (2, high, 1)[number % 3]
        counters = [random.integers(max(low, -spread - 1), spread + 1, shape) for shape in network.shapes]
        classifier = self._signs(network.classes, network.hidden[-1])
        prototypes = self._signs(network.classes, network.inputs)
        extreme = number % 4 == 3
        if extreme:  # rows see what they like best or least: pre-activations and leads are as large as they get
            counters = [np.minimum(np.abs(q), high) for q in counters]
            classifier[:], prototypes[:] = random.choice([-1, 1], (2, network.classes, 1))
        self._choose(reinforced=number % 4 != 1)
        if number % 8 == 3:  # all rows can be wrong at once, and no group has another: the update engine is kept busy
            self.settings |= {"margin": 2.0, "gate": 0.0, "group_size": [1] * len(network.widths)}
        self._become(counters, classifier, self._seed())
        registers = learning_settings(network, **self.settings, chances=self.chances)
        registers[address("seed")] = self.net.generator.state
        yield from script.writes(load(self.layout, self.net.counters, [self.net.classifier], registers))

        yield "section 0"
        for size in BATCHES:
            y = random.integers(0, network.classes, size)
            flips = 0.0 if extreme and random.random() < 0.5 else 0.2
            x = prototypes[y] * random.choice([-1, 1], (size, network.inputs), p=[flips, 1 - flips])
            yield from self._batch(x, y, visits)
            if visits and random.random() < 0.6:
                yield from self._visit()
        yield "section 0"
        yield from script.fetch(self.net, range(self.layout.hidden_depth))
        yield self._state()

    def _seed(self) -> int:
        """Where the first layer's hits are so rare that gaps may have no end: one by which the first walk comes to that
        layer's last counter without a hit, and has one more gap to draw."""
        for _ in range(SEEDS):
            seed = int(self.random.integers(1, 1 << 32))
            if not self.chances or not 0 < self.chances[0] < 0.01 or self._jumps_to_the_end(self.chances[0], seed):
                break
        return seed

    def _jumps_to_the_end(self, chance: float, seed: int) -> bool:
        """Whether a walk from ``seed`` leaps over 2^DIGITS counters to the first layer's very last one."""
        planes, generator = threshold_planes(chance), Xorshift32(seed)
        place, leaps = self.layout.trainable[0], 0
        last = place.columns * place.rows * self.layout.column - 1
        position = 0
        while position < last:
            value = draw(planes, generator)
            leaps = value & 1
            position += 1 << DIGITS if leaps else (value >> 1) + 1
        return bool(leaps) and position == last

    def _signs(self, *shape: int) -> NDArray[np.int_]:
        return self.random.choice([-1, 1], shape)

    def _become(self, counters: list[Any], classifier: NDArray[Any], seed: int) -> None:
        """The machine holds this, and is committed."""
        bits, block = self.network.counter_bits, self.layout.column
        self.net = BinaryMlp(counters, classifier, counter_bits=bits, seed=seed, walk_block=block, **self.settings)

    def _commit(self) -> str:
        net = self.net
        self._become(net.counters, net.classifier, net.generator.state)
        return self.script.request(Space.REGISTERS, address("commit"), 1)

    def _choose(self, reinforced: bool) -> None:
        """Settings, at their ends as often as between."""
        random = self.random
        self.settings = {
            "margin": float(random.choice([0.0, 0.5, 2.0, *random.uniform(0, 2, 3)])),
            "gate": float(random.choice([0.0, 0.2, 1.0, *random.uniform(0, 0.8, 3)])),
            "group_size": [int(random.choice(divisors(width))) for width in self.network.widths],
        }
        chances = [float(chance) for chance in random.choice(CHANCES, len(self.network.shapes))]
        self.chances = chances if reinforced else None

    def _set(self) -> Iterator[str]:
        yield from self.script.registers(learning_settings(self.network, **self.settings, chances=self.chances))

    def _state(self) -> str:
        return self.script.request(Space.REGISTERS, address("seed"), reply=self.net.generator.state, mask=0xFFFFFFFF)

    def _batch(self, x: NDArray[Any], y: NDArray[Any], visits: bool) -> Iterator[str]:
        """A mini-batch; with ``visits`` the host commits in the middle of some."""
        train = self.random.random(len(y)) < 0.85  # the others only ask for their class
        half, touched = 0, False
        if visits and len(y) > 1 and self.random.random() < 0.3:
            half = int(self.random.integers(1, len(y)))
            touched = yield from self._samples(x[:half], y[:half], train[:half], None)
            yield _early(self._commit())
        again = yield from self._samples(x[half:], y[half:], train[half:], self.chances, last=True)
        if touched and not again and self.chances:
            # the host's commit reinforces nothing: what triggered before it is reinforced behind the mini-batch
            for q, chance in zip(self.net.counters, self.chances, strict=True):
                reinforce(q, chance, self.network.counter_range, self.layout.column, self.net.generator)
            self._commit()

    def _samples(
        self, x: NDArray[Any], y: NDArray[Any], train: NDArray[Any], chances: list[float] | None, last: bool = False
    ) -> Generator[str, None, bool]:
        """Learned one behind the other and committed; returns whether any of them triggered."""
        predictions, triggered = self.net.predict(x), np.zeros(len(y), dtype=bool)
        if train.any():
            triggered[train] = self.net.step(x[train], y[train], chances).triggered
        for index, bits in enumerate(x):
            ends = int(last and index == len(y) - 1)
            yield from self.script.beats(bits, label=int(y[index]), train=int(train[index]), last=ends)
            yield self.script.result(predictions[index], triggered[index])
        return bool(triggered.any())

    def _breaks(self) -> Iterator[str]:
        """Resets some way into samples that are learned, or into what the host asks for; then it has to predict.

        Counters are at their ends: a sample moves one by one, so that the visible weights stay what they are.
        """
        random, network = self.random, self.network
        low, high = network.counter_range
        counters = [random.choice([low, high], shape) for shape in network.shapes]
        self._choose(reinforced=random.random() < 0.5)
        self._become(counters, self._signs(network.classes, network.hidden[-1]), seed=1)
        loads = [*self.script.classifier(self.net), *self.script.store(self.net), self._commit()]
        for _ in range(LOADS):
            yield from loads
            for _ in range(BREAKS):
                yield from self._set()
                yield from self._broken()
                x = self._signs(2, network.inputs)
                for bits, prediction in zip(x, self.net.predict(x), strict=True):
                    yield from self.script.beats(bits, label=0, train=0, last=0)
                    yield self.script.result(prediction, False)

    def _broken(self) -> Iterator[str]:
        """Up to two samples, or a request, and a reset."""
        random, script = self.random, self.script
        if random.random() < 0.1:
            group = int(random.integers(self.layout.hidden_depth))
            asked = script.payload(Space.COUNTERS, group), script.payload(Space.REGISTERS, address("commit"), 1)
            yield f"break {asked[int(random.integers(2))]:x} {int(random.integers(80)):x}"
            return
        for last in [(1,), (0,), (0, 1), (1, 1)][int(random.integers(4))]:
            beats = [*script.beats(self._signs(self.network.inputs), label=0, train=1, last=last)]
            yield from beats if random.random() < 0.95 else beats[:3]
        yield f"reset {next(self.delays):x}"

    def _visit(self) -> Iterator[str]:
        """What a host may do between mini-batches; it does not always wait for the last one's end."""
        visits = (self._fetched, self._stored, self._chosen_anew, self._committed, self._ignored)
        first, *rest = visits[int(self.random.integers(len(visits)))]()
        yield _early(first) if self.random.random() < 0.5 else first
        yield from rest

    def _fetched(self) -> Iterator[str]:
        yield from self.script.fetch(self.net, self.random.integers(0, self.layout.hidden_depth, 5).tolist())
        yield self._state()

    def _stored(self) -> Iterator[str]:
        low, high = self.network.counter_range
        counters = [self.random.integers(low, high + 1, shape) for shape in self.network.shapes]
        for q, other in zip(self.net.counters, counters, strict=True):
            q[-1], q[:, -1] = other[-1], other[:, -1]
        yield from self.script.store(self.net)
        yield self._commit()

    def _chosen_anew(self) -> Iterator[str]:
        self._choose(reinforced=self.random.random() < 0.7)
        yield from self._set()
        seed = int(self.random.integers(1, 1 << 32))
        self._become(self.net.counters, self.net.classifier, seed)
        yield from self.script.registers({address("seed"): seed})

    def _committed(self) -> Iterator[str]:
        yield self._commit()

    def _ignored(self) -> Iterator[str]:
        """What changes nothing: reads of what cannot be read, a write of what cannot be written, half a sample."""
        yield self.script.request(Space.VISIBLE, 0, mask=0xFFFFFFFF)
        yield self.script.request(Space.REGISTERS, address("margin"), mask=0xFFFFFFFF)
        yield from self.script.registers({address("identity"): int(self.random.integers(1 << 16))})
        beats = [*self.script.beats(self._signs(self.network.inputs), label=0, train=1, last=1, drop=0)]
        yield from beats[: int(self.random.integers(1, len(beats)))]
        yield next(self.script.beats(self._signs(self.network.inputs), label=0, train=1, last=1, drop=1))


def _early(line: str) -> str:
    """A request that does not wait for the samples before it."""
    return line.replace("request", "early", 1)
