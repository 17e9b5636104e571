"""The frozen configuration: what learns (`Network`, `RecurrentNetwork`), how (`Training`), on which `Machine`.

The golden model, the hardware generator, the testbench, the estimator and the host all read these
objects; nothing they hold is written down a second time. Every field validates itself, and a bad value
raises `ConfigError` with one line that names the field, the value and the limit.
"""

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.geometry import Geometry
from bep_ref.config.groups import check_group_sizes, default_group_sizes, divisors
from bep_ref.config.kinds import network_from_dict, on_chip, perceptron, training_from_dict
from bep_ref.config.machine import Machine, Workload
from bep_ref.config.network import Network
from bep_ref.config.record import ConfigError, setting
from bep_ref.config.recurrent import RecurrentNetwork, SeriesInput
from bep_ref.config.rule import BEP, LOCAL, RULES, Rule, rule_named
from bep_ref.config.thresholds import gate_threshold, lead_threshold, margin_threshold
from bep_ref.config.training import NONE, Training
from bep_ref.config.window_training import SELECTIONS, WindowTraining
from bep_ref.config.windows import WindowNetwork

__all__ = [
    "BEP",
    "LOCAL",
    "NONE",
    "RULES",
    "SELECTIONS",
    "AnyNetwork",
    "ConfigError",
    "Geometry",
    "Machine",
    "Network",
    "RecurrentNetwork",
    "Rule",
    "SeriesInput",
    "Training",
    "WindowNetwork",
    "WindowTraining",
    "Workload",
    "check_group_sizes",
    "default_group_sizes",
    "divisors",
    "gate_threshold",
    "lead_threshold",
    "margin_threshold",
    "network_from_dict",
    "on_chip",
    "perceptron",
    "rule_named",
    "setting",
    "training_from_dict",
]
