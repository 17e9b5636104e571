"""The rules that every network here is made of, whatever its shape: sign, trigger, winners, steps of counters.

Bit conventions: activations, visible weights and error signals are ±1 (int8); ``sign(0) = +1``. A counter
``q`` stands for the odd hidden weight ``2q + 1``; its visible weight is +1 where ``q >= 0``.
Equation numbers are those of arXiv 2512.04189.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError

Ints = NDArray[Any]


@dataclass(frozen=True)
class Batch:
    """What one mini-batch did, sample by sample: the record a co-simulation compares.

    ``predictions`` (n,) classes; ``triggered`` (n,) bool, the samples that caused an update; ``winners`` per layer
    (n, K_l) bool, the neurons whose counters moved; ``reinforced`` counters changed by reinforcement, over all layers.
    A board does not tell the last two: None.
    """

    predictions: Ints
    triggered: NDArray[np.bool_]
    winners: tuple[NDArray[np.bool_], ...] | None
    reinforced: int | None


def sign(z: Ints) -> Ints:
    """±1 (int8) with ``sign(0) = +1``."""
    return np.where(z >= 0, 1, -1).astype(np.int8)


def wanted(total: Ints, dead_zone: int | None) -> Ints:
    """Desired activations (int8) by back-projected sums ``total``: ±1, and 0 where there is no target.

    ``dead_zone`` None is the paper's reading, ``sign(total)`` with ``sign(0) = +1``. Otherwise a sum of at most
    ``dead_zone`` in magnitude is no error, and its neuron has no target.
    """
    if dead_zone is None:
        return sign(total)
    return np.where(np.abs(total) <= dead_zone, 0, np.sign(total)).astype(np.int8)


def check_dead_zone(dead_zone: int | None) -> int | None:
    """``dead_zone``; `ConfigError` unless it is None or a sum of 0 or more."""
    if dead_zone is not None and dead_zone < 0:
        raise ConfigError(f"dead_zone: {dead_zone} is out of range; it must be None or at least 0")
    return dead_zone


def matmul(a: Ints, b: Ints) -> Ints:
    """Exact integer product of ±1 (or 0) matrices, through float32 BLAS: sums stay far below 2**24."""
    return (a.astype(np.float32) @ b.astype(np.float32)).astype(np.int32)


def lead_below(logits: Ints, y: Ints, threshold: int) -> NDArray[np.bool_]:
    """Eq. 1: whose right class leads the best other one by less than ``threshold``; ``logits`` (n, C), result (n,)."""
    everyone = np.arange(len(y))
    others = logits.copy()
    others[everyone, y] = np.iinfo(np.int32).min
    lead = logits[everyone, y] - others.max(axis=1)
    return lead < threshold


def winners(wrong: NDArray[np.bool_], magnitude: Ints, group_size: int) -> NDArray[np.bool_]:
    """Sec. 3.3: in each group the wrong neuron of smallest ``magnitude``, lowest index on a tie; all (n, K)."""
    right = np.iinfo(magnitude.dtype).max  # stands for the magnitude of a neuron that is not wrong: larger than any
    stability = np.where(wrong, magnitude, right).reshape(len(wrong), -1, group_size)
    best = stability.argmin(axis=2)[..., None]
    chosen = np.zeros(stability.shape, dtype=bool)
    np.put_along_axis(chosen, best, np.take_along_axis(stability, best, 2) < right, 2)
    return chosen.reshape(wrong.shape)


def move(q: Ints, rows: Ints, target: Ints, inputs: Ints, limits: tuple[int, int]) -> None:
    """Eq. 8, 9 for one sample (and step): counters ``q`` of the winning ``rows`` step towards ``target`` (K,).

    ``inputs`` of ±1, (fan-in,) for all or (rows, fan-in); a target of 0 moves nothing. Saturates at this single
    increment, as a counter does.
    """
    q[rows] = np.clip(q[rows] + target[rows, None] * inputs, *limits)


def check_counters(name: str, q: Ints, shape: tuple[int, int], limits: tuple[int, int]) -> None:
    """Raise `ConfigError` unless counters ``q`` have ``shape`` and stay within ``limits``."""
    low, high = limits
    if q.shape != shape:
        raise ConfigError(f"counters of {name}: shape {q.shape}; it must be {shape}")
    if q.min() < low or q.max() > high:
        raise ConfigError(f"counters of {name}: {q.min()} to {q.max()}; they must be {low} to {high}")


def check_classifier(name: str, classifier: Ints, width: int, owner: str) -> None:
    """Raise `ConfigError` unless ``classifier`` has ``width`` columns, a neuron of ``owner`` each, of ±1."""
    columns = classifier.shape[1] if classifier.ndim == 2 else 0
    if columns != width:
        raise ConfigError(f"{name}: {columns} columns; it must have {owner}'s {width}")
    if not np.isin(classifier, (-1, 1)).all():
        raise ConfigError(f"{name}: it must hold only -1 and +1")


def check_walk_block(block: int) -> int:
    """``block``, inputs walked together when counters are reinforced; `ConfigError` unless it is one or more."""
    if block < 1:
        raise ConfigError(f"walk_block: {block} is out of range; it must be at least 1 input")
    return block


def check_labels(y: Ints, classes: int) -> None:
    """Raise `ConfigError` unless every label of ``y`` (n,) is a class."""
    if len(y) and not 0 <= y.min() <= y.max() < classes:
        raise ConfigError(f"labels: {y.min()} to {y.max()}; they must be 0 to {classes - 1}")
