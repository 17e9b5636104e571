"""Which engine trains: the readable specification or the packed one, the same network to the bit."""

from bep_ref.config import ConfigError
from bep_ref.mlp import BinaryMlp

ENGINES = ("auto", "packed", "readable")
"""``auto`` is ``packed`` where numba is installed."""


def engine(name: str = "auto") -> type[BinaryMlp]:
    """The class behind an engine's name; :class:`~bep_ref.config.ConfigError` if it is unknown or needs numba."""
    if name not in ENGINES:
        raise ConfigError(f"engine: {name!r} is not known; known are {', '.join(ENGINES)}")
    if name == "readable":
        return BinaryMlp
    try:
        from bep_ref.packed.mlp import PackedMlp
    except ImportError as missing:
        if name == "packed":
            raise ConfigError(f"engine: packed needs numba ({missing}): pip install 'bep[fast]'") from None
        return BinaryMlp
    return PackedMlp
