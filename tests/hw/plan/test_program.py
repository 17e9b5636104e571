"""The passes of a sample: every weight is read once forward, every target decided once."""

import pytest
from hypothesis import given, settings

from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, forward_words, passes_of
from bep_ref.config import Machine, RecurrentNetwork
from tests.hw.drive import layouts


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_forward_passes_read_every_word_of_every_layer_in_order(layout):
    passes = [item for item in passes_of(layout) if item.kind is Kind.FORWARD]
    wanted = [(index, word) for index, place in enumerate(layout.layers) for word in range(place.words)]
    assert [(item.layer, item.word) for item in passes] == wanted
    assert sum(item.rows for item in passes) == forward_words(layout) == layout.plane_depth
    for item in passes:
        assert item.first == (item.word == 0)
        assert item.last == (item.word == layout.layers[item.layer].words - 1)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_sample_shifts_in_its_inputs_and_the_padding_behind_them(layout):
    machine, place = layout.machine, layout.layers[0]
    chunks = [item.chunks for item in passes_of(layout) if item.kind is Kind.FORWARD and item.layer == 0]
    padding = sum(chunks) * machine.update_lanes - place.fan_in
    assert 0 <= padding < layout.column, "behind the last input there is less than a column"
    # short is only the first word, so that the last input of all is at the last word's top
    assert chunks[1:] == [machine.lanes // machine.update_lanes] * (place.words - 1)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_segments_decide_every_target_of_every_layer_once(layout):
    passes = passes_of(layout)
    for index, place in enumerate(layout.layers[1:], start=1):
        kind = Kind.TARGET if index == len(layout.layers) - 1 else Kind.BACKWARD
        segments = [item for item in passes if item.kind is not Kind.FORWARD and item.layer == index]
        assert all(item.kind is kind for item in segments)
        rows = [item.start + offset for item in segments for offset in range(item.count)]
        assert rows == list(range(place.fan_in))
        front = place.first_column * layout.column
        for item in segments:
            assert item.count <= layout.backward_lanes
            assert item.word * layout.machine.lanes + item.lane == front + item.start
            assert item.lane + item.count <= layout.machine.lanes
        assert [item.first for item in segments] == [True] + [False] * (len(segments) - 1)
        assert [item.last for item in segments] == [False] * (len(segments) - 1) + [True]


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_passes_go_forward_then_to_the_target_then_back_down(layout):
    order = [(int(item.kind), item.layer if item.kind is Kind.FORWARD else -item.layer) for item in passes_of(layout)]
    assert order == sorted(order)


@given(layouts(rules=("local",)))
@settings(max_examples=60, deadline=None)
def test_by_the_local_rule_every_layer_is_classified_before_the_next_one_and_nothing_goes_back(layout):
    passes, places, hidden = passes_of(layout), layout.layers, len(layout.network.hidden)
    order = list(dict.fromkeys((item.kind, item.layer) for item in passes))
    wanted = [
        entry
        for layer in range(hidden)
        for entry in ((Kind.FORWARD, layer), (Kind.FORWARD, hidden + layer), (Kind.TARGET, hidden + layer))
    ]
    assert order == wanted
    for layer, width in enumerate(layout.network.hidden):
        assert (places[hidden + layer].below, places[hidden + layer].fan_in) == (layer, width)
        decided = [
            item.start + row
            for item in passes
            if item.kind is Kind.TARGET and item.neuron_layer == layer
            for row in range(item.count)
        ]
        assert decided == list(range(width))


@pytest.mark.parametrize("lanes", [4, 12, 32])
def test_a_recurrent_networks_steps_are_repeated_forward_and_backward(lanes):
    layout = Layout(RecurrentNetwork(10, 12, 8, 3, steps=5), Machine(lanes=lanes, backward_lanes=7))
    passes = passes_of(layout)
    xs, ss, sy, classifier = layout.layers
    order = list(dict.fromkeys((item.kind, item.layer) for item in passes))
    back = [(Kind.TARGET, 3), (Kind.BACKWARD, 2), (Kind.BACKWARD, 1)]
    assert order == [*((Kind.FORWARD, layer) for layer in range(4)), *back]
    # one pre-activation of inputs and state before, one sum of both matrices
    steps = [item for item in passes if item.kind is Kind.FORWARD and item.neuron_layer == 0]
    assert [item.first for item in steps] == [True] + [False] * (len(steps) - 1)
    assert [item.last for item in steps] == [False] * (len(steps) - 1) + [True]
    assert xs.total == ss.total == xs.fan_in + ss.fan_in == 22
    assert (xs.row_base, sy.row_base, classifier.row_base) == (ss.row_base, 12, 20)
    repeated = [item for item in passes if item.repeats]
    back = sum(item.kind is Kind.BACKWARD and item.layer == 1 for item in passes)
    assert [item.repeats for item in repeated] == [xs.words + ss.words, back]
    assert repeated[0] == steps[-1]
    assert repeated[1] == passes[-1]


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_sample_is_new_until_its_first_layer_is_complete(layout):
    assert [item.age for item in passes_of(layout)] == [int(item.layer > 0) for item in passes_of(layout)]
