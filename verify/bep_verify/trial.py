"""Training runs that nobody would think of: random networks on random machines whose streams stall, bit for bit.

Everything about a trial follows from its seed, by Python's own generator, whose draws of integers and floats are the
same in every version: a seed that failed fails again, also behind the commit that should have mended it.
"""

import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import BEP, LOCAL, AnyNetwork, Machine, Network, RecurrentNetwork, Training, divisors
from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.runs.seeding import flips, permutation, signs, stream, words
from bep_sim.cosim import cosimulate
from bep_sim.options import Options
from bep_sim.report import Report
from bep_sim.stalls import Pace

STREAMS = ("samples", "results", "requests", "replies")


@dataclass(frozen=True)
class Trial:
    """A run of ``epochs`` epochs of ``samples`` random samples; from the cache if there is a ``cache_key``.

    Samples lie around ``prototypes`` of ±1, bits turned with chance ``noise``; more than classes, so that learning
    goes on and fails. ``later`` is how epochs behind the first one learn; of ``ask_every`` samples streamed one only
    asks for its class. ``cached`` is how many samples of each epoch come from the cache, if not all do; 0: the epoch is
    streamed.
    """

    seed: int
    network: AnyNetwork
    machine: Machine
    training: Training
    samples: int
    epochs: int
    prototypes: int
    noise: float
    cache_key: int = 0
    stalls: dict[str, Pace] = field(default_factory=dict)
    later: tuple[Training, ...] = ()
    ask_every: int = 0
    cached: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return asdict(self)


def draw(seed: int) -> Trial:
    """The trial of ``seed``."""
    return drawn(random.Random(seed), seed)


def drawn(random: random.Random, seed: int) -> Trial:
    """A trial by the choices of ``random``, which decides everything but the samples' and counters' bits."""
    classes = random.choice([2, 3, 4, 5, random.randint(2, 32)])
    bits = random.choice([2, 3, 8, random.randint(2, 16)])
    network: AnyNetwork
    recurrent = random.random() < 0.25
    if recurrent:
        state, output = random.randint(2, 20), random.randint(2, 16)
        network = RecurrentNetwork(random.randint(1, 24), state, output, classes, bits, steps=random.randint(1, 6))
    else:
        hidden = tuple(random.randint(2, 40) for _ in range(random.choice([1, 2, 2, 3])))
        network = Network(random.randint(1, 80), hidden, classes, bits)
    machine = _machine(random, recurrent)
    batch = random.choice([1, random.randint(2, 10), random.randint(2, 64)])
    training = Training(
        rule=machine.rule,
        margin=random.choice([0.25, 0.5, round(random.uniform(0, 2), 3)]),
        gate=random.choice([0.0, 0.2, 1.0, round(random.random(), 3)]),
        group_size=tuple(random.choice(divisors(width)) for width in network.widths),
        reinforcement=random.choice([0.0, 0.5, round(random.random(), 3)]),
        batch_size=batch,
        sigma=random.choice([0.5, 2.0, float(1 << bits - 2)]),
        seed=seed % 2**32,
    )
    return Trial(
        seed=seed,
        network=network,
        machine=machine,
        training=training,
        samples=min(random.randint(5, 80), 8 * batch + 4),  # every batch costs a sweep
        epochs=random.randint(1, 3),
        prototypes=random.randint(1, 2 * classes),
        noise=random.choice([0.05, 0.25, 0.5]),
        cache_key=random.randint(1, 2**32 - 1) if machine.cache_samples and random.random() < 0.8 else 0,
        stalls={name: _pace(random) for name in STREAMS if random.random() < 0.6},
    )


def _machine(random: random.Random, recurrent: bool) -> Machine:
    """Any machine that such a network can have; the last fields are those that perceptrons' machines have."""
    spram, training = random.random() < 0.4, random.random() < 0.93
    update_lanes = random.randint(1, 8)
    lanes = update_lanes * (2 if spram else 1) * random.randint(1, 8)
    cached = training and not recurrent and random.random() < 0.25
    return Machine(
        lanes=lanes,
        update_lanes=update_lanes,
        backward_lanes=random.choice([0, random.randint(1, lanes)]),
        slots=random.choice([2, 4, 8]),
        hits_ahead=random.choice([0, 2, 4, 16, 64]),
        spram=spram,
        register_plane=random.random() < 0.4,
        training=training,
        z_buffers=1 if recurrent else random.choice([1, 2]),
        rule=LOCAL.name if not recurrent and random.random() < 0.25 else BEP.name,
        cache_samples=random.randint(257, 320) if cached else 0,
    )


def _pace(random: random.Random) -> Pace:
    """Single cycles, about half of them, or long ones now and then."""
    close, opens = random.choice([(64, 192), (128, 128), (8, 16), (2, 1), (256, 64)])
    return Pace(close, opens, random.randint(1, 2**32 - 1))


def samples_of(trial: Trial) -> tuple[NDArray[Any], NDArray[Any]]:
    """x (n, inputs) of ±1, or (n, steps, inputs) with zeros behind the end of shorter sequences, and y (n,)."""
    network, seed, count = trial.network, trial.seed % 2**32, trial.samples
    shape = (network.steps, network.inputs) if network.SEQUENTIAL else (network.inputs,)
    centres = signs(stream(seed, "prototypes"), (trial.prototypes, *shape))
    chosen = words(stream(seed, "samples"), count) % trial.prototypes
    x = centres[chosen] * flips(stream(seed, "noise"), trial.noise, (count, *shape))
    if network.SEQUENTIAL:
        lengths = 1 + words(stream(seed, "lengths"), count) % network.steps
        x[np.arange(network.steps) >= lengths[:, None]] = 0
    return x, (chosen % network.classes).astype(np.int64)


def perform(
    trial: Trial,
    directory: Path,
    quick: Path,
    netlist: str = "",
    four_valued: bool = False,
    coverage: Path | None = None,
) -> Report:
    """Run ``trial`` in the golden model and in simulated hardware; ``directory`` keeps build and logs,
    ``quick`` what all builds share, ``coverage`` what was covered. A ``netlist`` takes the place of the generated
    hardware.
    """
    x, y = samples_of(trial)
    epochs = []
    streamed = [epoch for epoch, count in enumerate(trial.cached) if not count]
    for epoch in range(trial.epochs):
        order = permutation(stream(trial.training.seed, "order", epoch), len(y))
        if trial.cache_key and epoch not in streamed:  # the hardware shuffles
            order = np.arange(trial.cached[epoch] if trial.cached else len(y))
        epochs.append((x[order], y[order]))
    return cosimulate(
        cast(BinaryMlp | BinaryRnn, initial_net(trial.network, trial.training, "readable")),
        trial.training,
        trial.machine,
        epochs,
        directory,
        Options(
            stalls=trial.stalls,
            cache_key=trial.cache_key,
            quick=quick,
            netlist=netlist,
            four_valued=four_valued,
            coverage=coverage,
            later=trial.later,
            ask_every=trial.ask_every,
            streamed=streamed,
        ),
    )
