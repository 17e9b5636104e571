"""Golden model of binary networks trained by Binary Error Propagation, local error signals, or a learned read-out."""

from bep_ref.config import ConfigError, Geometry, Machine, Network, RecurrentNetwork, Training, WindowNetwork
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.windows import BinaryWindows

__all__ = [
    "BinaryMlp",
    "BinaryRnn",
    "BinaryWindows",
    "ConfigError",
    "Geometry",
    "Machine",
    "Network",
    "RecurrentNetwork",
    "Training",
    "WindowNetwork",
]
