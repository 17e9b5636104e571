"""The word by which a board reports what it is built as: options of its machine, its rule, its kind of network."""

from dataclasses import dataclass
from typing import TypeVar

from bep_ref.config import RULES, AnyNetwork, ConfigError, Machine, Network, RecurrentNetwork, WindowNetwork

T = TypeVar("T")

OPTIONS = {
    "spram": "counters in SPRAM",
    "statistics": "statistics",
    "training": "learning",
    "receive_buffer": "receive buffer",
}
"""Fields of `Machine` that have a bit each, from bit 0 up, and what a set bit says; bits 4 to 7 are free."""

RULE_CODES = {rule.name: rule.code for rule in RULES.values()}
"""Code of each learning rule."""
KINDS: dict[type[AnyNetwork], int] = {Network: 0, RecurrentNetwork: 1, WindowNetwork: 2}
"""Code of each kind of network that hardware can be. A code is never given to another kind."""


@dataclass(frozen=True)
class Field:
    """Bits of the word that hold a code."""

    name: str
    lowest: int
    bits: int = 4

    def put(self, code: int) -> int:
        """The word with ``code`` and zeros."""
        return code << self.lowest

    def get(self, word: int) -> int:
        """The code in ``word``."""
        return word >> self.lowest & (1 << self.bits) - 1

    @property
    def text(self) -> str:
        return f"{self.lowest} to {self.lowest + self.bits - 1}: {self.name}"


RULE = Field("learning rule", 8)
KIND = Field("kind of network", 12)


@dataclass(frozen=True)
class Features:
    """What the word says: ``options`` a value for each of `OPTIONS`, ``rule`` a learning rule, ``kind`` a class."""

    options: dict[str, bool]
    rule: str
    kind: type[AnyNetwork]

    @classmethod
    def read(cls, word: int) -> "Features":
        """The features of a board whose register holds ``word``; `ConfigError` if it has a code that is not known."""
        rule, kind = _known(RULE, word, RULE_CODES), _known(KIND, word, KINDS)
        return cls({name: bool(word >> bit & 1) for bit, name in enumerate(OPTIONS)}, rule, kind)


def features(network: AnyNetwork, machine: Machine) -> int:
    """The word of a board with ``network`` and ``machine``."""
    options = sum(getattr(machine, name) << bit for bit, name in enumerate(OPTIONS))
    return options | RULE.put(RULE_CODES[machine.rule]) | KIND.put(KINDS[type(network)])


def description() -> str:
    """The word in the register map's documentation."""
    options = ", ".join(f"{bit}: {text}" for bit, text in enumerate(OPTIONS.values()))
    rules = ", ".join(f"{code} {rule}" for rule, code in RULE_CODES.items())
    kinds = ", ".join(f"{code} {kind.kind}" for kind, code in KINDS.items())
    return f"bit {options}; bits {RULE.text} ({rules}), {KIND.text} ({kinds})"


def _known(field: Field, word: int, codes: dict[T, int]) -> T:
    """What ``word`` has a code for in ``field``."""
    code = field.get(word)
    for value, known in codes.items():
        if known == code:
            return value
    raise ConfigError(f"{field.name}: code {code} is not known here; it belongs to a newer version of this program")
