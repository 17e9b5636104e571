"""Which engine trains: the readable specification or the packed one, the same network to the bit."""

from typing import overload

from bep_ref.config import AnyNetwork, ConfigError, Network, RecurrentNetwork, WindowNetwork
from bep_ref.distribution import how_to_install
from bep_ref.networks.learner import Engine
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.windows import BinaryWindows

ENGINES = ("auto", "packed", "readable")
"""``auto`` is ``packed`` where numba is installed."""
READABLE: dict[type[AnyNetwork], Engine] = {
    Network: BinaryMlp,
    RecurrentNetwork: BinaryRnn,
    WindowNetwork: BinaryWindows,
}
"""The specification of each kind of network."""


@overload
def engine(name: str = "auto", kind: type[Network] = Network) -> type[BinaryMlp]: ...
@overload
def engine(name: str, kind: type[RecurrentNetwork]) -> type[BinaryRnn]: ...
@overload
def engine(name: str, kind: type[WindowNetwork]) -> type[BinaryWindows]: ...
@overload
def engine(name: str, kind: type[AnyNetwork]) -> Engine: ...
def engine(name: str = "auto", kind: type[AnyNetwork] = Network) -> Engine:
    """The class that computes networks of ``kind``; `ConfigError` if ``name`` is unknown or needs numba."""
    if name not in ENGINES:
        raise ConfigError(f"engine: {name!r} is not known; known are {', '.join(ENGINES)}")
    if name == "readable":
        return READABLE[kind]
    try:
        from bep_ref.packed.engines import PACKED
    except ImportError as missing:
        if name == "packed":
            raise ConfigError(f"engine: packed needs numba ({missing}): {how_to_install('numba')}") from None
        return READABLE[kind]
    return PACKED[kind]
