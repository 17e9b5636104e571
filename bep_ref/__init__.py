"""Golden model of binary networks trained by Binary Error Propagation."""

from bep_ref.config import ConfigError, Machine, Network, Training
from bep_ref.mlp import BinaryMlp

__all__ = ["BinaryMlp", "ConfigError", "Machine", "Network", "Training"]
