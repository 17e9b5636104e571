"""The kinds of networks, and which of them will do where."""

from typing import Any

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.network import Network
from bep_ref.config.record import ConfigError
from bep_ref.config.recurrent import RecurrentNetwork
from bep_ref.config.training import NONE, Training
from bep_ref.config.window_training import WindowTraining
from bep_ref.config.windows import WindowNetwork

KINDS: tuple[type[AnyNetwork], ...] = (Network, RecurrentNetwork, WindowNetwork)
"""Every kind of network; the first is the one for samples of which nothing else is known."""


def perceptron(network: AnyNetwork, name: str) -> Network:
    """``network`` where only a plain multilayer perceptron will do; else `ConfigError`, naming ``name``."""
    if not isinstance(network, Network):
        raise ConfigError(f"{name}: {network} is a {network.kind}; only multilayer perceptrons will do here so far")
    if network.software_only:
        raise ConfigError(network.software_only)
    return network


def on_chip(network: AnyNetwork, training: Training | None = None) -> AnyNetwork:
    """``network`` where hardware can be it, and learn by ``training``; else `ConfigError`."""
    if network.software_only:
        raise ConfigError(network.software_only)
    if training is not None and training.dead_zone is not None:
        raise ConfigError(
            f"dead_zone: {training.dead_zone} is out of range; it must be {NONE}, the paper's, in hardware so far"
        )
    if isinstance(training, WindowTraining):
        if training.sums:
            raise ConfigError("sums: true is out of range; hardware predicts by the read-out alone: use --no-sums")
        if training.readout_delay:
            raise ConfigError(f"readout_delay: {training.readout_delay} is out of range; it must be 0 in hardware")
    return network


def network_from_dict(values: dict[str, Any]) -> AnyNetwork:
    """The network, of whichever kind, whose ``to_dict`` made ``values``."""
    return next((kind for kind in KINDS if kind.described_by(values)), KINDS[0]).from_dict(values)


def training_from_dict(values: dict[str, Any]) -> Training:
    """The hyperparameters, of whichever kind, whose ``to_dict`` made ``values``."""
    return (WindowTraining if "selection" in values else Training).from_dict(values)
