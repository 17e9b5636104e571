"""What a host writes to give hardware its network: the same sequence in co-simulation, on a board and for mutants."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.images import pack_counters, pack_visible
from bep_hw.plan.layout import Layout
from bep_hw.plan.layouts import AnyLayout
from bep_hw.plan.ports import Space, column_bits
from bep_hw.plan.registers import address
from bep_hw.windows.images import pack_readout
from bep_hw.windows.layout import WindowLayout

Ints = NDArray[Any]


class Write(NamedTuple):
    """A request that writes ``value``."""

    space: Space
    address: int
    value: int


def register_writes(words: Mapping[int, int]) -> Iterator[Write]:
    """Registers ``words`` (address -> value), in their order."""
    for place, value in words.items():
        yield Write(Space.REGISTERS, place, value)


def counter_writes(layout: AnyLayout, counters: Sequence[Ints]) -> Iterator[Write]:
    """All of the hidden plane: one array of ``counters`` for each matrix."""
    for place, group in pack_counters(layout, list(counters)).items():
        yield Write(Space.COUNTERS, place, group)


def visible_writes(layout: Layout, weights: Mapping[int, Ints]) -> Iterator[Write]:
    """Visible weights: layer of weights -> its array of ±1."""
    bits = column_bits(layout.network, layout.machine)
    for layer, values in weights.items():
        for (word, column), value in pack_visible(layout, layer, values).items():
            yield Write(Space.VISIBLE, word << bits | column, value)


def readout_writes(layout: WindowLayout, readout: Ints) -> Iterator[Write]:
    """Counters (C, U) of a window network's ``readout``."""
    for place, value in pack_readout(layout, readout).items():
        yield Write(Space.READOUT, place, value)


def load(
    layout: AnyLayout,
    counters: Sequence[Ints],
    classifiers: Sequence[Ints],
    registers: Mapping[int, int] | None = None,
    readout: Ints | None = None,
) -> Iterator[Write]:
    """All of a network: counters, classifiers (the last one predicts), ``readout``, ``registers``, the first commit.

    Hardware that only infers has no counters: it gets the weights that they make.
    """
    if isinstance(layout, WindowLayout):
        assert readout is not None
        yield from counter_writes(layout, counters)
        yield from readout_writes(layout, readout)
    else:
        yield from _dense_writes(layout, counters, classifiers)
    yield from register_writes(registers or {})
    yield Write(Space.REGISTERS, address("commit"), 1)


def _dense_writes(layout: Layout, counters: Sequence[Ints], classifiers: Sequence[Ints]) -> Iterator[Write]:
    """Counters, or the weights that they make, and classifiers."""
    weights = dict(enumerate(classifiers, start=len(layout.trainable)))
    if layout.machine.training:
        yield from counter_writes(layout, counters)
    else:
        weights |= {layer: np.where(q >= 0, 1, -1) for layer, q in enumerate(counters)}
    yield from visible_writes(layout, weights)
