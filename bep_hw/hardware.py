"""The machine of a configuration."""

from bep_hw.inference import Inference
from bep_hw.trainer import Trainer
from bep_ref.config import AnyNetwork, Machine


def hardware(network: AnyNetwork, machine: Machine) -> Trainer | Inference:
    """A trainer of ``network``, or with ``machine.training`` off what only infers; their ports are the same."""
    return (Trainer if machine.training else Inference)(network, machine)
