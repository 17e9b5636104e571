"""A network compiled to a short list of passes: all that the datapath ever knows of it.

A pass streams rows of the visible plane at one word position. Three kinds exist:

- FORWARD: one word of every row of a layer against one word of inputs; partial sums, or on a row's last word
  the pre-activation (a classifier is a layer like any other);
- TARGET: the one row of a classifier that is the sample's class, summed by the column accumulators: it *is* the
  desired activation of the layer classified;
- BACKWARD: the gated rows of a layer, summed into the targets of the layer below.

TARGET and BACKWARD are cut into segments that the column accumulators hold.

Two samples share the array: the program is one round, in which a new sample (age 0) goes through the first layer and
the one before (age 1) through everything else. Rules differ in their passes: Binary Error Propagation classifies once
and goes all the way back, local error signals classify every layer and never go back.

Of a recurrent network some passes are repeated for every step, forward from the first step to the last, backward from
the last to the first; its samples go through the array one after the other.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bep_hw.plan.layout import LayerLayout, Layout


class Kind(enum.IntEnum):
    FORWARD = 0
    TARGET = 1
    BACKWARD = 2


@dataclass(frozen=True)
class Pass:
    """One entry of the program; ``rows`` is 1 for TARGET and the length of the gated list for BACKWARD (0 here)."""

    kind: Kind
    age: int  # 0: of the sample that begins in this round, 1: of the one before
    layer: int  # of weights, whose rows are read
    neuron_layer: int  # FORWARD: the layer of neurons that the rows are; else: the one whose targets are decided
    word: int
    plane_base: int  # address of row 0 at this word
    rows: int
    first: bool  # FORWARD: nothing to add to; else: the layer's first segment
    last: bool  # FORWARD: the pre-activation is complete; else: the layer's last segment
    inputs: bool = False  # FORWARD: of the network's inputs, not of activations
    chunks: int = 0  # FORWARD of inputs: chunks shifted in, padding behind the last input included
    lane: int = 0  # TARGET, BACKWARD: first lane of the segment inside the word
    start: int = 0  # TARGET, BACKWARD: first row of the layer below that the segment decides
    count: int = 0  # TARGET, BACKWARD: rows of the layer below that the segment decides
    repeats: int = 0  # as many passes, this one the last, are repeated for every further step


def _forward(layout: Layout, index: int) -> list[Pass]:
    place = layout.layers[index]
    chunks_per_word = layout.machine.lanes // layout.machine.update_lanes
    front = place.first_column * layout.chunks_per_column
    inputs = place.below < 0
    completes_first = place is layout.completing(0)  # recurrent: what xs begins, ss completes
    return [
        Pass(
            Kind.FORWARD,
            0 if inputs and not layout.recurrent else 1,
            index,
            place.neuron_layer,
            word,
            place.plane_base + word * place.rows,
            place.rows,
            first=word == 0 and (inputs or not completes_first),
            last=word == place.words - 1 and (place.neuron_layer > 0 or completes_first),
            inputs=inputs,
            chunks=chunks_per_word - (front if word == 0 else 0),
        )
        for word in range(place.words)
    ]


def _segments(layout: Layout, place: LayerLayout) -> list[tuple[int, int, int, int]]:
    """(word, lane, start, count) of every segment of a row, in rising order of inputs."""
    lanes, front = layout.machine.lanes, place.first_column * layout.column
    segments = []
    start = 0
    while start < place.fan_in:
        word, lane = divmod(front + start, lanes)
        count = min(layout.backward_lanes, lanes - lane, place.fan_in - start)
        segments.append((word, lane, start, count))
        start += count
    return segments


def _columns(layout: Layout, kind: Kind, index: int) -> list[Pass]:
    place = layout.layers[index]
    segments = _segments(layout, place)
    return [
        Pass(
            kind,
            1,
            index,
            place.below,
            word,
            place.plane_base + word * place.rows,
            1 if kind is Kind.TARGET else 0,
            first=number == 0,
            last=number == len(segments) - 1,
            lane=lane,
            start=start,
            count=count,
        )
        for number, (word, lane, start, count) in enumerate(segments)
    ]


def passes_of(layout: Layout) -> tuple[Pass, ...]:
    """All passes of one sample, each after those it depends on."""
    if layout.recurrent:
        return _unrolled(layout)
    passes: list[Pass] = []
    for index in range(layout.logit_layer):
        passes += _forward(layout, index)
        for classifier, place in enumerate(layout.layers):
            if place.neuron_layer == layout.logit_layer and place.below == index:
                passes += _forward(layout, classifier)
                passes += _columns(layout, Kind.TARGET, classifier) if layout.machine.training else []
    if layout.machine.training and layout.rule.goes_back:
        for index in range(layout.logit_layer - 1, 0, -1):
            passes += _columns(layout, Kind.BACKWARD, index)
    return tuple(passes)


def _unrolled(layout: Layout) -> tuple[Pass, ...]:
    """Those of a recurrent network: xs and ss for every step, sy, the classifier, and back."""
    xs, ss, sy, classifier = range(4)
    passes = (
        _repeated(_forward(layout, xs) + _forward(layout, ss)) + _forward(layout, sy) + _forward(layout, classifier)
    )
    if layout.machine.training:
        passes += _columns(layout, Kind.TARGET, classifier) + _columns(layout, Kind.BACKWARD, sy)
        passes += _repeated(_columns(layout, Kind.BACKWARD, ss))
    return tuple(passes)


def _repeated(passes: list[Pass]) -> list[Pass]:
    return [*passes[:-1], replace(passes[-1], repeats=len(passes))]


def first_layer_last(passes: Iterable[Pass]) -> bool:
    """Whether the targets decided last are the first layer's: its pre-activations are needed until then."""
    decided = [item.neuron_layer for item in passes if item.kind is not Kind.FORWARD]
    return bool(decided) and decided[-1] == 0


def forward_words(layout: Layout) -> int:
    """Visible words one inference reads."""
    return sum(place.rows * place.words for place in layout.layers)
