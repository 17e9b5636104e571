"""What every mutant has to do as the golden model does: rounds of learning, as a script for ``mutants.cpp``.

A line is one of

    stall N           from here on valid and ready are low with chance N / 256
    request P R M     a request's payload, the reply that is right, and which of its bits matter
    beat P            a beat of a sample
    result P          what the sample before has to give
    reset N           N cycles in which nobody takes anything, then a reset, wherever the trainer is
    section 0         from here on again everything has to be right

with numbers in hexadecimal.
"""

from collections.abc import Iterator

import numpy as np

from bep_hw.layout import Layout
from bep_hw.ports import Space, request_layout, result_layout, sample_layout
from bep_hw.registers import address, reinforcement_settings, settings
from bep_ref.config import Machine, Network, divisors
from bep_ref.mlp import BinaryMlp

NETWORK = Network(31, (15, 12), 5, counter_bits=4)
"""Several words of a row, several columns, odd fan-ins, counters narrow enough to saturate, logits that tie."""
MACHINE = Machine(lanes=12, update_lanes=2, backward_lanes=7, hits_ahead=4, spram=True, statistics=False)
"""What boards with single-port memories have; the one buffer of pre-activations is free just in time."""
ROUNDS = 12
RESETS = 8
"""In front of every round but the first."""
BATCHES = (1, 3, 9, 5, 2, 10)


class Course:
    """Rounds of learning; each goes on with the random numbers of the one before."""

    def __init__(self, network: Network = NETWORK, machine: Machine = MACHINE, seed: int = 1) -> None:
        self.network, self.layout = network, Layout(network, machine)
        self.random = np.random.default_rng(seed)

    def all_rounds(self) -> list[str]:
        """The whole course of a mutant."""
        return [line for number in range(ROUNDS) for line in self.round(number, RESETS if number else 0)]

    def round(self, number: int, resets: int = 0) -> Iterator[str]:
        """From counters, classifier and settings of its own: every round reaches other corners.

        In front of it ``resets``, each some way into a sample that is learned.
        """
        layout, random = self.layout, self.random
        network = self.network
        yield f"stall {(0, 60, 140)[number % 3]:x}"
        for _ in range(resets):
            yield from self._beats(random.choice([-1, 1], network.inputs), label=0, train=1, last=1)
            yield f"reset {int(random.integers(500)):x}"
        low, high = network.counter_range
        spread = (2, high, 1)[number % 3]
        group_size = [int(random.choice(divisors(width))) for width in network.widths]
        net = BinaryMlp(
            counters=[random.integers(max(low, -spread - 1), spread + 1, shape) for shape in network.shapes],
            classifier=random.choice([-1, 1], (network.classes, network.hidden[-1])),
            margin=float(random.choice([0.2, 0.5, 0.8, 1.2, 2.0])),
            gate=float(random.choice([0.0, 0.1, 0.2, 0.3, 0.6, 1.0])),
            group_size=group_size,
            counter_bits=network.counter_bits,
            seed=int(random.integers(1, 1 << 32)),
            walk_block=layout.column,
        )
        chances = [[0.05, 0.3], [0.0, 0.02], [0.004, 1.0], None][number % 4]
        for where, group in layout.pack_counters(net.counters).items():
            yield self._request(Space.COUNTERS, where, group)
        shift = (layout.columns_per_word - 1).bit_length()
        for (word, column), value in layout.pack_visible(len(layout.trainable), net.classifier).items():
            yield self._request(Space.VISIBLE, word << shift | column, value)
        writes = settings(network, net.margin, net.gate, group_size)
        writes |= reinforcement_settings(chances, len(network.shapes))
        writes |= {address("seed"): net.generator.state, address("commit"): 1}
        for where, value in writes.items():
            yield self._request(Space.REGISTERS, where, value)

        yield "section 0"
        prototypes = random.choice([-1, 1], (network.classes, network.inputs))
        for size in BATCHES:
            y = random.integers(0, network.classes, size)
            x = prototypes[y] * random.choice([-1, 1], (size, network.inputs), p=[0.2, 0.8])
            yield from self._batch(net, x, y, chances)
        yield "section 0"
        image = layout.pack_counters(net.counters)
        # behind a row's last input there are counters that nobody uses
        used = layout.pack_counters([np.full(shape, -1) for shape in network.shapes])
        for where in range(layout.hidden_depth):
            yield self._request(Space.COUNTERS, where, reply=image[where], mask=used[where])
        yield self._request(Space.REGISTERS, address("seed"), reply=net.generator.state, mask=0xFFFFFFFF)

    def _batch(self, net: BinaryMlp, x: np.ndarray, y: np.ndarray, chances: list[float] | None) -> Iterator[str]:
        """A mini-batch, some of whose samples only ask for their class."""
        result = result_layout(self.layout.network)
        train = self.random.random(len(y)) < 0.85
        predictions, triggered = net.predict(x), np.zeros(len(y), dtype=bool)
        if train.any():
            triggered[train] = net.step(x[train], y[train], chances).triggered
        for index, bits in enumerate(x):
            last = int(index == len(y) - 1)
            yield from self._beats(bits, label=int(y[index]), train=int(train[index]), last=last)
            right = {"prediction": int(predictions[index]), "triggered": int(triggered[index])}
            yield f"result {result.const(right).as_value().value:x}"

    def _beats(self, x: np.ndarray, **header: int) -> Iterator[str]:
        beat = sample_layout(self.layout.network, self.layout.machine)
        for chunk in self.layout.pack_samples(x[None])[0]:
            yield f"beat {beat.const({'chunk': int(chunk), **header}).as_value().value:x}"

    def _request(self, space: Space, where: int, value: int | None = None, reply: int = 0, mask: int = 0) -> str:
        """A write of ``value``, or where there is none a read that has to give ``reply`` in the bits of ``mask``."""
        fields = {"space": int(space), "write": int(value is not None), "address": where, "data": value or 0}
        payload = request_layout(self.layout.network, self.layout.machine).const(fields).as_value().value
        return f"request {payload:x} {reply:x} {mask:x}"
