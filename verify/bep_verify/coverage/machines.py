"""Trials that together reach all of the hardware: every kind of unit that a machine may have, in small sizes.

Each learns some epochs, every one by other margins, gates, groups and reinforcement, over streams that all stall; some
samples only ask for their class.
"""

import random
from dataclasses import replace

from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork, Training, divisors
from bep_sim.stalls import Pace
from bep_verify.trial import STREAMS, Trial

EPOCHS = 20
SAMPLES = 30
CACHED = 257
"""Samples of the smallest cache."""
FROM_CACHE = (CACHED, CACHED - 3, CACHED, 0, CACHED, CACHED - 3)
"""Samples of its epochs, of which every bit rises and falls; one is streamed."""
ASK_EVERY = 5
PACES = ((64, 128), (128, 128), (8, 16), (2, 1))
"""Single cycles, half of them, some, hundreds now and then; each stream of a machine has another."""

MACHINES: dict[str, tuple[AnyNetwork, Machine]] = {
    "block RAM": (
        Network(40, (24, 16), 8, counter_bits=4),
        Machine(lanes=16, update_lanes=4, backward_lanes=5, hits_ahead=16),
    ),
    "single-port memory": (
        Network(30, (12, 15, 8), 6, counter_bits=3),
        Machine(lanes=16, update_lanes=1, spram=True, z_buffers=2, slots=8, register_plane=True),
    ),
    "local errors": (
        Network(26, (16, 3, 12), 5, counter_bits=2),
        Machine(lanes=12, update_lanes=6, z_buffers=2, slots=2, hits_ahead=2, rule="local"),
    ),
    "cache": (
        Network(34, (12, 8), 4),
        Machine(lanes=8, update_lanes=4, z_buffers=2, register_plane=True, cache_samples=CACHED),
    ),
    "recurrent, single-port memory": (
        RecurrentNetwork(12, 15, 10, 5, counter_bits=4, steps=6),
        Machine(lanes=16, update_lanes=4, spram=True, register_plane=True, hits_ahead=4),
    ),
    "inference": (Network(33, (20, 12), 7), Machine(lanes=24, update_lanes=3, training=False)),
}


def trial(name: str) -> Trial:
    """That of machine ``name``."""
    network, machine = MACHINES[name]
    numbers = random.Random(name)
    cached = machine.cache_samples > 0
    first, *later = (_training(numbers, network, machine) for _ in range(EPOCHS))
    if cached:  # mini-batches as large as the first epochs, and small ones
        sizes = *FROM_CACHE[:3], 3, 12, 5
        first, *later = (replace(t, batch_size=size) for t, size in zip((first, *later), sizes, strict=False))
    return Trial(
        seed=1,
        network=network,
        machine=machine,
        training=first,
        samples=CACHED if cached else SAMPLES,
        epochs=len(FROM_CACHE) if cached else EPOCHS,
        prototypes=2 * network.classes,
        noise=0.1,
        cache_key=numbers.randrange(1, 2**32) if cached else 0,
        stalls={
            name: Pace(*pace, numbers.randrange(1, 2**32))
            for name, pace in zip(STREAMS, numbers.sample(PACES, len(STREAMS)), strict=True)
        },
        later=tuple(later),
        ask_every=ASK_EVERY,
        cached=FROM_CACHE if cached else (),
    )


def _training(numbers: random.Random, network: AnyNetwork, machine: Machine) -> Training:
    return Training(
        rule=machine.rule,
        margin=numbers.choice([0.0, 0.5, 1.0, 2.0, numbers.uniform(0, 2)]),
        gate=numbers.choice([0.0, 0.2, 1.0, numbers.random()]),
        group_size=tuple(numbers.choice(divisors(width)) for width in network.widths),
        reinforcement=numbers.choice([0.0, 0.02, 0.5, 1.0]),
        batch_size=numbers.randint(2, 12),
        sigma=float(1 << network.counter_bits - 2),
        seed=numbers.randrange(2**32),
    )
