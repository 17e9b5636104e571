"""The network of a run: counters, classifiers and random generator from the configuration and its seed."""

from typing import Any, overload

from numpy.typing import NDArray

from bep_ref.config import AnyNetwork, Network, RecurrentNetwork, Training, WindowNetwork, rule_named
from bep_ref.networks.classifier import equiangular_frame
from bep_ref.networks.engines import engine
from bep_ref.networks.learner import Learner
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.readout import Readout
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.windows import BinaryWindows
from bep_ref.runs.seeding import floor_normal, signs, stream, words


@overload
def initial_net(network: Network, training: Training, engine_name: str = "auto") -> BinaryMlp: ...
@overload
def initial_net(network: RecurrentNetwork, training: Training, engine_name: str = "auto") -> BinaryRnn: ...
@overload
def initial_net(network: WindowNetwork, training: Training, engine_name: str = "auto") -> BinaryWindows: ...
@overload
def initial_net(network: AnyNetwork, training: Training, engine_name: str = "auto") -> Learner: ...
def initial_net(network: AnyNetwork, training: Training, engine_name: str = "auto") -> Learner:
    """Untrained network: counters ``floor(N(0, sigma))`` clipped to their range, and the classifiers of its rule."""
    counters = initial_counters(network, training)
    # the generator's state must not be 0
    state = int(words(stream(training.seed, "reinforcement"), 1)[0]) or 1
    readout = Readout.untrained(network.classes, network.widths[-1], network.readout) if network.readout else None
    return net_from(network, training, counters, state, engine_name, readout)


def initial_counters(network: AnyNetwork, training: Training) -> list[NDArray[Any]]:
    """Those of the untrained network, an array for each of ``network.shapes``."""
    return [
        floor_normal(stream(training.seed, "counters", index), training.sigma, network.counter_range, shape)
        for index, shape in enumerate(network.shapes)
    ]


def net_from(
    network: AnyNetwork,
    training: Training,
    counters: list[NDArray[Any]],
    generator_state: int,
    engine_name: str = "auto",
    readout: Readout | None = None,
) -> Learner:
    """The network of the same run with other counters and another state of the random generator."""
    return assemble(network, training, counters, classifiers(network, training), generator_state, engine_name, readout)


def classifiers(network: AnyNetwork, training: Training) -> list[NDArray[Any]]:
    """Those of the rule: a random one for every layer, or an equiangular one of the last layer alone.

    None where a network has no classifiers.
    """
    if not network.CLASSIFIED:
        return []
    rule = rule_named(training.rule)
    if rule.every_layer:
        return [
            signs(stream(training.seed, "classifiers", layer), (network.classes, width))
            for layer, width in enumerate(network.widths)
        ]
    return [equiangular_frame(network.classes, network.widths[-1], training.seed)]


def assemble(
    network: AnyNetwork,
    training: Training,
    counters: list[NDArray[Any]],
    classifiers: list[NDArray[Any]],
    generator_state: int,
    engine_name: str = "auto",
    readout: Readout | None = None,
) -> Learner:
    """A network from its parts (`Engine`), computed by the engine of that name."""
    return engine(engine_name, type(network)).of(network, training, counters, classifiers, generator_state, readout)
