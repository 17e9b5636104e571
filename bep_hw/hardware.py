"""The machine of a configuration."""

from bep_hw.inference import Inference
from bep_hw.trainer import Trainer
from bep_hw.windows.trainer import WindowTrainer
from bep_ref.config import AnyNetwork, Machine, WindowNetwork


def hardware(network: AnyNetwork, machine: Machine) -> Trainer | Inference | WindowTrainer:
    """A trainer of ``network``, or with ``machine.training`` off what only infers; their ports are the same."""
    if isinstance(network, WindowNetwork):
        return WindowTrainer(network, machine)
    return (Trainer if machine.training else Inference)(network, machine)
