"""Issues the program's passes, row by row, as soon as what each depends on is there."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.array.preactivation import PreActivation
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass, first_layer_last


class Sequencer(wiring.Component):
    """One row a cycle; a new pass follows the last one without a pause if it may.

    A round of the program serves two samples, the new one (``started``) and the one before; where one of them is
    missing, its passes are skipped. A row issued is the triple (``index`` of the pass, ``first``, ``last``) on
    ``valid``, with ``number`` counting the rows. What a pass waits for:

    - FORWARD of inputs: its word (``full``); on the layer's last word every row also for ``z_free``, if there is
      only one buffer of pre-activations;
    - FORWARD of activations: those of the layer below (``filled``);
    - a classifier: moreover that the scan behind the last one is over, and a free result;
    - TARGET: free column accumulators (skipped for a sample that only infers or is known not to trigger);
    - BACKWARD: moreover the decision (skipped without a trigger).

    Passes that are repeated are those of steps 0 to ``last_step``, or backward from there: of step t they read the
    gated rows and decide the state before, so that none is left for step 0. ``step`` is that of the rows issued.
    """

    START = 2
    """Cycles from a sample that is complete to its first row."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        self.layout, self.program = layout, program
        most = max(PreActivation.MINIMUM_ROWS, *(place.rows for place in layout.layers))
        super().__init__(
            {
                "available": In(1),  # a sample may start
                "full": In(1),
                "filled": In(1),
                "z_free": In(1),
                "train": In(1),  # the sample classified is one to learn from
                "known": In(1),  # the decision is
                "triggered": In(1),  # it has, once it is known
                "result_free": In(1),  # the last result has been taken
                "scan_busy": In(1),  # the scan of the decision before is not over
                "columns_clear": In(1),  # the column accumulators are free again
                "gated": In(range(most + 1)),
                "started": Out(1),
                "take": Out(1),  # the word of inputs will be used
                "completes": Out(1),  # the last pass of a hidden layer is issued
                "classify": Out(1),  # the first pass of a classifier is issued
                "valid": Out(1),
                "index": Out(range(len(program))),
                "first": Out(1),
                "last": Out(1),
                "number": Out(range(most)),
                "last_step": In(range(layout.steps)),
                "step": Out(range(layout.steps)),
            }
        )

    def model(self, gated: Sequence[int], age: int) -> NDArray[Any]:
        """Rows (n, 2) of a sample in the round where it has ``age``, (pass, number) each, if it triggers.

        ``gated`` is the list's length for each layer.
        """
        lengths = [max(1, gated[item.layer]) if item.kind is Kind.BACKWARD else item.rows for item in self.program]
        return np.array(
            [
                (index, number)
                for index, length in enumerate(lengths)
                if self.program[index].age == age
                for number in range(length)
            ]
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        program, layout = self.program, self.layout
        holds = layout.machine.z_buffers == 1 and first_layer_last(program)
        pending = Signal.like(self.index)

        def field(value_of: Callable[[Pass], int]) -> Signal:
            return lookup(m, (value_of(item) for item in program), pending)

        forward = field(lambda item: item.kind is Kind.FORWARD)
        backward = field(lambda item: item.kind is Kind.BACKWARD)
        inputs = field(lambda item: item.inputs)
        classify = field(
            lambda item: item.kind is Kind.FORWARD and item.neuron_layer == layout.logit_layer and item.first
        )
        completes = field(
            lambda item: item.kind is Kind.FORWARD and item.last and item.neuron_layer != layout.logit_layer
        )
        first_layer = field(lambda item: item.kind is Kind.FORWARD and item.last and item.neuron_layer == 0)
        repeats = field(lambda item: item.repeats)
        back_in_time = field(lambda item: item.kind is Kind.BACKWARD and layout.layers[item.layer].neuron_layer == 0)
        age = field(lambda item: item.age)
        rows = field(lambda item: item.rows)

        # the round: which of its samples are there
        new, old, deciding = Signal(), Signal(), Signal(init=1)
        running, length, count = Signal(), Signal.like(self.number), Signal.like(self.gated)
        columns_busy, held = Signal(), Signal()
        step, ends, pausing = Signal(), Signal(), Signal()
        step_pending = Signal.like(self.step)
        ready, skip = Signal(), Signal()
        m.d.comb += [
            step.eq(running & ~(held & ~self.z_free)),
            self.valid.eq(step & (self.number < count)),
            self.first.eq(self.number == 0),
            self.last.eq(self.number == count - 1),
            ends.eq(step & (self.number == length)),
            pausing.eq(~running | ends),
        ]
        with m.If(forward):
            m.d.comb += [
                skip.eq(Mux(age, ~old, ~new)),
                ready.eq(
                    Mux(inputs, self.full, self.filled)
                    & ~(classify & (self.scan_busy | columns_busy | ~self.result_free))
                ),
            ]
        with m.Else():
            m.d.comb += [
                skip.eq(~old | ~self.train | (self.known & ~self.triggered) | (back_in_time & (step_pending == 0))),
                ready.eq(~columns_busy & (~backward | self.known)),
            ]

        with m.If(self.columns_clear):
            m.d.sync += columns_busy.eq(0)
        with m.If(step):
            m.d.sync += self.number.eq(self.number + 1)
        with m.If(pausing):
            m.d.sync += running.eq(0)
        with m.If(deciding):
            # without a new sample the old one goes on alone, but not before the array has nothing else to do
            m.d.comb += self.started.eq(self.available)
            with m.If(self.available | pausing):
                m.d.sync += [old.eq(new), new.eq(self.available), deciding.eq(~self.available & ~new)]
        with m.Elif(skip | (pausing & ready)):
            m.d.sync += pending.eq(pending + 1)
            with m.If(pending == len(program) - 1):
                m.d.sync += [pending.eq(0), deciding.eq(1), step_pending.eq(0)]
            with m.If(~skip):
                # a backward pass over no row still reads one, so that its (empty) sum comes out
                total = Mux(backward, Mux(self.gated == 0, 1, self.gated), rows)
                m.d.sync += [
                    running.eq(1),
                    self.number.eq(0),
                    self.index.eq(pending),
                    count.eq(total),
                    length.eq(total - 1),
                    held.eq(first_layer if holds else 0),
                    self.step.eq(step_pending),
                ]
                m.d.comb += [self.take.eq(inputs), self.completes.eq(completes), self.classify.eq(classify)]
                with m.If(forward & (rows < PreActivation.MINIMUM_ROWS)):
                    m.d.sync += length.eq(PreActivation.MINIMUM_ROWS - 1)
                with m.If(~forward):
                    m.d.sync += columns_busy.eq(1)
                if layout.recurrent:
                    again = Mux(forward, step_pending != self.last_step, 1)
                    with m.If((repeats != 0) & again):
                        m.d.sync += [
                            pending.eq(pending - (repeats - 1)),
                            step_pending.eq(Mux(forward, step_pending + 1, step_pending - 1)),
                            deciding.eq(0),
                        ]
        return m
