"""Lines of a script for ``mutants.cpp``: what a trainer is given, and what is right.

A line is one of

    stall N L         from here on valid and ready go low with chance N / 256, for up to L cycles
    request P R M     a request's payload, the reply that is right, and which of its bits matter
    early P R M       the same, asked for while the samples before it are still learned
    break P N         a request, N cycles in which nobody takes anything, then a reset, whatever became of it
    beat P            a beat of a sample
    result P          what the sample before has to give
    reset N           N cycles in which nobody takes anything, then a reset, wherever the trainer is
    section 0         from here on again everything has to be right

with numbers in hexadecimal.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from amaranth.lib.data import StructLayout
from numpy.typing import NDArray

from bep_hw.plan.images import pack_counters, pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.plan.load import Write, counter_writes, register_writes, visible_writes
from bep_hw.plan.ports import Space, request_layout, result_layout, sample_layout
from bep_ref.networks.mlp import BinaryMlp


class Script:
    """Lines for a trainer of ``layout``."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        network, machine = layout.network, layout.machine
        self._request, self._beat = request_layout(network, machine), sample_layout(network, machine)
        self._result = result_layout(network)
        # behind a row's last input there are counters that nobody uses
        self.used = pack_counters(layout, [np.full(shape, -1) for shape in layout.network.shapes])

    def request(self, space: Space, where: int, value: int | None = None, reply: int = 0, mask: int = 0) -> str:
        """A write of ``value``, or where there is none a read that has to give ``reply`` in the bits of ``mask``."""
        return f"request {self.payload(space, where, value):x} {reply:x} {mask:x}"

    def payload(self, space: Space, where: int, value: int | None = None) -> int:
        """Of a `request`."""
        return _packed(self._request, space=int(space), write=int(value is not None), address=where, data=value or 0)

    def writes(self, writes: Iterable[Write]) -> Iterator[str]:
        """The requests that ``writes`` are."""
        return (self.request(*write) for write in writes)

    def registers(self, words: Mapping[int, int]) -> Iterator[str]:
        """Writes of registers: address -> value."""
        return self.writes(register_writes(words))

    def store(self, net: BinaryMlp) -> Iterator[str]:
        """Counters of ``net`` written to the hidden plane."""
        return self.writes(counter_writes(self.layout, net.counters))

    def fetch(self, net: BinaryMlp, groups: Iterable[int]) -> Iterator[str]:
        """Reads of ``groups`` that have to give the counters of ``net``."""
        image = pack_counters(self.layout, net.counters)
        for where in groups:
            yield self.request(Space.COUNTERS, where, reply=image[where], mask=self.used[where])

    def classifier(self, net: BinaryMlp) -> Iterator[str]:
        """The rows of the classifier written to the visible plane."""
        return self.writes(visible_writes(self.layout, {len(self.layout.trainable): net.classifier}))

    def beats(self, x: NDArray[np.int_], **header: int) -> Iterator[str]:
        """A sample ``x`` (K_0,) of ±1 with the fields of its ``header``."""
        for chunk in pack_samples(self.layout, x[None])[0]:
            yield f"beat {_packed(self._beat, chunk=int(chunk), **header):x}"

    def result(self, prediction: int, triggered: bool) -> str:
        """What a sample has to give."""
        return f"result {_packed(self._result, prediction=int(prediction), triggered=int(triggered)):x}"


def _packed(shape: StructLayout, **fields: int) -> int:
    """A constant of ``shape``; fields that are not named are 0. Far quicker than Amaranth's own."""
    return sum(value << shape[name].offset for name, value in fields.items())
