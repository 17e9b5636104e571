"""The packed engine of each kind of network."""

from bep_ref.config import AnyNetwork, Network, RecurrentNetwork
from bep_ref.networks.learner import Engine
from bep_ref.packed.mlp import PackedMlp
from bep_ref.packed.rnn import PackedRnn

PACKED: dict[type[AnyNetwork], Engine] = {Network: PackedMlp, RecurrentNetwork: PackedRnn}
