"""The network of a run: counters, classifier and random generator from the configuration and its seed."""

from typing import Any

from numpy.typing import NDArray

from bep_ref.classifier import equiangular_frame
from bep_ref.config import Network, Training
from bep_ref.engines import engine
from bep_ref.mlp import BinaryMlp
from bep_ref.seeding import floor_normal, stream, words


def initial_mlp(network: Network, training: Training, engine_name: str = "auto") -> BinaryMlp:
    """Untrained network: counters ``floor(N(0, sigma))`` clipped to their range, an equiangular classifier."""
    counters = [
        floor_normal(stream(training.seed, "counters", layer), training.sigma, network.counter_range, shape)
        for layer, shape in enumerate(network.shapes)
    ]
    # the generator's state must not be 0
    state = int(words(stream(training.seed, "reinforcement"), 1)[0]) or 1
    return mlp_from(network, training, counters, state, engine_name)


def mlp_from(
    network: Network,
    training: Training,
    counters: list[NDArray[Any]],
    generator_state: int,
    engine_name: str = "auto",
) -> BinaryMlp:
    """The network of the same run with other counters and another state of the random generator."""
    return engine(engine_name)(
        counters=counters,
        classifier=equiangular_frame(network.classes, network.hidden[-1], training.seed),
        margin=training.margin,
        gate=training.gate,
        group_size=training.group_size,
        counter_bits=network.counter_bits,
        seed=generator_state,
    )
