"""Which counters are reinforced after a batch: a Bernoulli process walked from hit to hit.

Every counter of a layer is reinforced with the same small probability p. Instead of one coin a counter, the
gap to the next hit is drawn. A geometric gap has independent binary digits: digit i is one with
probability ``q^(2^i) / (1 + q^(2^i))``, q = 1 - p. Eight digits and one carry (``q^256``: skip 256 counters
and, the process having no memory, draw again) are nine comparisons of a 16-bit random word with a 16-bit
threshold; a layer of 75,000 counters with p = 0.006 takes about 4,000 words a batch, not 75,000.

The hardware draws the same words in the same order from the same generator.
"""

import math
from collections.abc import Iterator

from bep_ref.config import ConfigError

DIGITS = 8
"""Binary digits of one gap; the carry skips ``2**DIGITS`` counters."""
OFF = 0xFFFF
"""Carry threshold of a layer that is not reinforced."""


class Xorshift32:
    """Marsaglia's 32-bit xorshift (13, 17, 5), period 2**32 - 1. A word is the upper 16 bits after a step."""

    def __init__(self, seed: int) -> None:
        if not 0 < seed < 2**32:
            raise ConfigError(f"seed of the random generator: {seed} is out of range; it must be 1 to 4294967295")
        self.state = seed

    def word(self) -> int:
        """Next 16-bit word."""
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self.state = x
        return x >> 16


def probability(strength: float, error_rate: float, fan_in: int) -> float:
    """``p_r * sqrt(E) * sqrt(2 / (pi * K))``, Sec. 3.3 of [BEP]; E = training error rate of the epoch before."""
    return strength * math.sqrt(error_rate) * math.sqrt(2 / (math.pi * fan_in))


def thresholds(p: float) -> tuple[int, ...]:
    """The ``1 + DIGITS`` 16-bit thresholds of probability ``p``: carry first, then digit 0 to 7.

    ``p`` below about 3e-8 rounds to no reinforcement at all (carry = :data:`OFF`).
    """
    if not 0 <= p <= 1:
        raise ConfigError(f"reinforcement probability: {p} is out of range; it must be 0 to 1")
    q = 1.0 - p
    carry = min(OFF, round(q ** (1 << DIGITS) * 65536))
    digits = (q ** (1 << i) for i in range(DIGITS))
    return (carry, *(round(d / (1 + d) * 65536) for d in digits))


def hits(table: tuple[int, ...], synapses: int, generator: Xorshift32) -> Iterator[int]:
    """Positions (column * rows + row) of the reinforced counters of one layer, in rising order.

    The walk goes down the columns because the hidden plane stores a layer that way.
    """
    carry, *digits = table
    if carry == OFF:
        return
    position = 0
    while position < synapses:
        if generator.word() < carry:
            position += 1 << DIGITS
            continue
        position += sum((generator.word() < digit) << i for i, digit in enumerate(digits))
        if position < synapses:
            yield position
        position += 1
