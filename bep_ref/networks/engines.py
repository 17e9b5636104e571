"""Which engine trains: the readable specification or the packed one, the same network to the bit."""

from typing import Literal, overload

from bep_ref.config import ConfigError
from bep_ref.distribution import how_to_install
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn

ENGINES = ("auto", "packed", "readable")
"""``auto`` is ``packed`` where numba is installed."""


@overload
def engine(name: str = "auto", recurrent: Literal[False] = False) -> type[BinaryMlp]: ...
@overload
def engine(name: str = "auto", *, recurrent: Literal[True]) -> type[BinaryRnn]: ...
def engine(name: str = "auto", recurrent: bool = False) -> type[BinaryMlp] | type[BinaryRnn]:
    """The class behind an engine's name; `ConfigError` if it is unknown or needs numba."""
    if name not in ENGINES:
        raise ConfigError(f"engine: {name!r} is not known; known are {', '.join(ENGINES)}")
    readable = BinaryRnn if recurrent else BinaryMlp
    if name == "readable":
        return readable
    try:
        from bep_ref.packed.mlp import PackedMlp
        from bep_ref.packed.rnn import PackedRnn
    except ImportError as missing:
        if name == "packed":
            raise ConfigError(f"engine: packed needs numba ({missing}): {how_to_install('numba')}") from None
        return readable
    return PackedRnn if recurrent else PackedMlp
