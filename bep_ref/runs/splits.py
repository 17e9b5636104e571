"""Holding out a part of a labelled set with every class in its share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.runs.seeding import permutation, stream


def stratified_split(
    y: NDArray[Any], held_out: int, seed: int, name: str = "validation"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices kept and held out, both rising; ``held_out`` samples in all, shared by largest remainder.

    ``y`` (n,) classes from 0. At least one sample of each class present is kept.

    Raises
    ------
    ConfigError : if fewer than one sample is held out or a class would lose its last sample; it names ``name``.
    """
    sizes = np.bincount(y)
    present = np.count_nonzero(sizes)
    if not 1 <= held_out <= len(y) - present:
        raise ConfigError(
            f"{name}: {held_out} of {len(y)} samples held out is out of range; "
            f"it must be 1 to {max(len(y) - present, 0)} so that every class keeps a sample"
        )
    shares = held_out * sizes // len(y)
    remainders = held_out * sizes - shares * len(y)
    shares[np.argsort(-remainders, kind="stable")[: held_out - shares.sum()]] += 1
    # A class that would be emptied gives its sample back; the largest rest takes it over
    while (emptied := np.flatnonzero((shares == sizes) & (sizes > 0))).size:
        shares[emptied[0]] -= 1
        shares[np.argmax(sizes - shares)] += 1
    order = permutation(stream(seed, "split"), len(y))
    held = np.concatenate([order[y[order] == label][:share] for label, share in enumerate(shares)])
    kept = np.ones(len(y), dtype=bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)
