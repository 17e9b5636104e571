"""Networks of every kind, and which kinds will do where."""

from typing import Any

from bep_ref.config.network import Network
from bep_ref.config.record import ConfigError
from bep_ref.config.recurrent import RecurrentNetwork

AnyNetwork = Network | RecurrentNetwork
"""Whatever learns: samples, or sequences."""


def perceptron(network: AnyNetwork, name: str) -> Network:
    """``network`` where only a plain multilayer perceptron will do; else `ConfigError`, naming ``name``."""
    if not isinstance(network, Network):
        raise ConfigError(f"{name}: {network} is a recurrent network; only multilayer perceptrons will do here so far")
    for field_name in ("patch", "readout"):
        if value := getattr(network, field_name):
            raise ConfigError(f"{field_name}: {value} is out of range; it must be 0 here so far")
    return network


def on_chip(network: AnyNetwork, name: str) -> AnyNetwork:
    """``network`` where hardware can be it; else `ConfigError`, naming ``name``."""
    return network if isinstance(network, RecurrentNetwork) else perceptron(network, name)


def network_from_dict(values: dict[str, Any]) -> AnyNetwork:
    """The network, of whichever kind, whose ``to_dict`` made ``values``."""
    return RecurrentNetwork.from_dict(values) if "state" in values else Network.from_dict(values)
