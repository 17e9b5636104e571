"""Issues the program's passes, row by row, as soon as what each depends on is there."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout
from bep_hw.lookup import lookup
from bep_hw.preactivation import PreActivation
from bep_hw.program import Kind, Pass


class Sequencer(wiring.Component):
    """One row a cycle; a new pass follows the last one without a pause if it may.

    A row issued is the triple (``index`` of the pass, ``first``, ``last``) on ``valid``, with ``number`` counting the
    rows. What a pass waits for:

    - FORWARD: its input word; on a layer's last word also the scan of the sample before, which still reads z;
    - the classifier: moreover the last sample's end, and a free result;
    - TARGET: free column accumulators (skipped for a sample that only infers or is known not to trigger);
    - BACKWARD: moreover the decision (skipped without a trigger).
    """

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        most = max(PreActivation.MINIMUM_ROWS, *(place.rows for place in layout.layers))
        super().__init__(
            {
                "open": In(1),  # samples of this mini-batch may start
                "full": In(1),
                "train": In(1),
                "known": In(1),
                "triggered": In(1),
                "result_free": In(1),
                "scan_busy": In(1),
                "columns_clear": In(1),
                "gated": In(range(most + 1)),
                "slot": Out(range(2 * layout.machine.slots)),
                "started": Out(1),  # a sample's first pass is issued
                "take": Out(1),
                "classify": Out(1),
                "valid": Out(1),
                "index": Out(range(len(program))),
                "first": Out(1),
                "last": Out(1),
                "number": Out(range(most)),
            }
        )

    def model(self, gated: Sequence[int]) -> NDArray[Any]:
        """Rows (n, 2) of a sample that triggers, (pass, number) each; ``gated`` is the list's length for each layer."""
        lengths = [max(1, gated[item.layer]) if item.kind is Kind.BACKWARD else item.rows for item in self.program]
        return np.array([(index, number) for index, length in enumerate(lengths) for number in range(length)])

    def elaborate(self, platform: object) -> Module:
        m = Module()
        program, layout = self.program, self.layout
        pending = Signal.like(self.index)

        def field(value_of: Callable[[Pass], int]) -> Signal:
            return lookup(m, (value_of(item) for item in program), pending)

        classifier = len(layout.layers) - 1
        forward = field(lambda item: item.kind is Kind.FORWARD)
        backward = field(lambda item: item.kind is Kind.BACKWARD)
        classify = field(lambda item: item.kind is Kind.FORWARD and item.layer == classifier and item.first)
        completes = field(lambda item: item.kind is Kind.FORWARD and item.last and item.layer != classifier)
        opening = field(lambda item: item is program[0])
        rows = field(lambda item: item.rows)

        running, length, count = Signal(), Signal.like(self.number), Signal.like(self.gated)
        columns_busy = Signal()
        ends = Signal()
        ready, skip = Signal(), Signal()
        m.d.comb += [
            self.valid.eq(running & (self.number < count)),
            self.first.eq(self.number == 0),
            self.last.eq(self.number == count - 1),
            ends.eq(self.number == length),
        ]
        with m.If(forward):
            m.d.comb += ready.eq(
                self.full
                & (~opening | self.open)
                & ~(completes & self.scan_busy)
                & ~(classify & (self.scan_busy | columns_busy | ~self.result_free))
            )
        with m.Else():
            m.d.comb += [
                skip.eq(~self.train | (self.known & ~self.triggered)),
                ready.eq(~columns_busy & (~backward | self.known)),
            ]
        m.d.comb += [self.take.eq(0), self.classify.eq(0), self.started.eq(0)]
        with m.If(self.columns_clear):
            m.d.sync += columns_busy.eq(0)
        with m.If(running):
            m.d.sync += self.number.eq(self.number + 1)
        with m.If(~running | ends):
            m.d.sync += running.eq(0)
            with m.If(skip | ready):
                m.d.sync += pending.eq(pending + 1)
                with m.If(pending == len(program) - 1):
                    m.d.sync += [pending.eq(0), self.slot.eq(self.slot + 1)]
            with m.If(~skip & ready):
                # a backward pass over no row still reads one, so that its (empty) sum comes out
                total = Mux(backward, Mux(self.gated == 0, 1, self.gated), rows)
                m.d.sync += [
                    running.eq(1),
                    self.number.eq(0),
                    self.index.eq(pending),
                    count.eq(total),
                    length.eq(total - 1),
                ]
                m.d.comb += [self.take.eq(forward), self.classify.eq(classify), self.started.eq(opening)]
                with m.If(forward & (rows < PreActivation.MINIMUM_ROWS)):
                    m.d.sync += length.eq(PreActivation.MINIMUM_ROWS - 1)
                with m.If(~forward):
                    m.d.sync += columns_busy.eq(1)
        return m
