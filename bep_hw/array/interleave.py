"""The order in which the passes of two samples share the array: while one is classified, the next goes forward.

A sample's first layer and all that follows it are two chains of passes. Merged, each fills the other's waits: for the
pipeline to drain before the next layer, for the decision, for the scan that lists the gated rows.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bep_hw.array.preactivation import PreActivation
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, Pass, first_layer_last, passes_of

FILL = 12
"""Cycles planned from a layer's last row to the next layer's first."""
DECIDE = 14
"""Cycles planned from the last class to the decision."""
SCAN = 6
"""Cycles planned before a scan, for column sums, and after it, for the list's length.

One plan serves all machines of a network: the figures are those of the widest words and slowest memories, at least
`Propagate.fill_delay` and `Propagate.decide_delay` of any machine.
"""


class _State(NamedTuple):
    """Where a merge stands: the time, and when what the old sample waits for is there."""

    time: int
    filled: int  # activations of the layer below
    decided: int
    scanned: int  # by the scan of the last segment
    scanning: int  # the same scan's first row
    order: tuple[Pass, ...]


def _issue(state: _State, item: Pass, layout: Layout, gated: float) -> _State:
    """``item`` issued as soon as it may be."""
    start = state.time
    if item.kind is not Kind.FORWARD:
        start = max(start, state.scanned)
    elif item.age and item.first:
        start = max(start, state.filled, state.scanned if item.neuron_layer == layout.logit_layer else 0)
    rows = int(gated * layout.layers[item.layer].rows) if item.kind is Kind.BACKWARD else item.rows
    end = start + max(rows, PreActivation.MINIMUM_ROWS if item.kind is Kind.FORWARD else 1)
    state = state._replace(time=end, order=(*state.order, item))
    if item.kind is not Kind.FORWARD:
        scanning = max(end + SCAN, state.decided)
        return state._replace(scanning=scanning, scanned=scanning + item.count + SCAN)
    if item.neuron_layer == layout.logit_layer:
        return state._replace(decided=end + DECIDE)
    return state._replace(filled=end + FILL) if item.age else state


def interleave(new: Sequence[Pass], old: Sequence[Pass], layout: Layout, gated: float = 0.8) -> tuple[Pass, ...]:
    """The shortest merge of the passes of a ``new`` sample's first layer with those left of the ``old`` one.

    Found by dynamic programming over how many of either are issued, for a sample that triggers and lets the share
    ``gated`` of its rows pass. Rules that keep buffers whole: the old sample's forward passes come before the new
    one's first layer is complete, and with one buffer of pre-activations so does the last segment to be scanned, if
    it is the first layer's.
    """
    forward = max(number for number, item in enumerate(old, start=1) if item.kind is Kind.FORWARD)
    waits = layout.machine.z_buffers == 1 and first_layer_last(old)
    before_last = len(old) if waits else forward
    best: dict[tuple[int, int], list[_State]] = {(0, 0): [_State(0, FILL, 0, 0, 0, ())]}
    for issued in range(len(new) + 1):
        for done in range(len(old) + 1):
            options = best.get((issued, done), [])
            if done:
                options += [_issue(state, old[done - 1], layout, gated) for state in best[issued, done - 1]]
            if issued and (not new[issued - 1].last or done >= before_last):
                for state in best[issued - 1, done]:
                    if new[issued - 1].last and waits:
                        state = state._replace(time=max(state.time, state.scanning))
                    options.append(_issue(state, new[issued - 1], layout, gated))
            best[issued, done] = _undominated(options)
    return min(best[len(new), len(old)], key=lambda state: state.time).order


def _undominated(states: list[_State]) -> list[_State]:
    """Those of which no other is as early in everything."""
    kept: list[_State] = []
    for state in sorted(states, key=lambda state: state[:5]):
        if not any(all(a <= b for a, b in zip(other[:5], state[:5], strict=True)) for other in kept):
            kept.append(state)
    return kept


def compile_program(layout: Layout) -> tuple[Pass, ...]:
    """One round of the array, in the order in which passes are issued."""
    passes = passes_of(layout)
    return interleave([item for item in passes if item.age == 0], [item for item in passes if item.age == 1], layout)
