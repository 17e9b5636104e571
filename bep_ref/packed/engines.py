"""The packed engine of each kind of network."""

from bep_ref.config import AnyNetwork, Network, RecurrentNetwork, WindowNetwork
from bep_ref.networks.learner import Engine
from bep_ref.packed.mlp import PackedMlp
from bep_ref.packed.rnn import PackedRnn
from bep_ref.packed.windows import PackedWindows

PACKED: dict[type[AnyNetwork], Engine] = {
    Network: PackedMlp,
    RecurrentNetwork: PackedRnn,
    WindowNetwork: PackedWindows,
}
