"""Golden model of binary networks trained by Binary Error Propagation, through time too, or by local error signals."""

from bep_ref.config import ConfigError, Machine, Network, RecurrentNetwork, Training
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn

__all__ = ["BinaryMlp", "BinaryRnn", "ConfigError", "Machine", "Network", "RecurrentNetwork", "Training"]
