"""Two samples on one array: both chains stay in order, no buffer is overwritten, and no other merge is shorter."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bep_hw.array.interleave import DECIDE, FILL, SCAN, compile_program, interleave
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.propagate import Propagate
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind, passes_of
from bep_ref import Machine, Network
from tests.hw.drive import layouts


def chains(layout):
    """The passes of a new sample and of an old one."""
    passes = passes_of(layout)
    return [item for item in passes if item.age == 0], [item for item in passes if item.age == 1]


def allowed(order, layout):
    """Whether the new sample's first layer is completed when nobody needs what it overwrites."""
    completes = next(index for index, item in enumerate(order) if item.age == 0 and item.last)
    behind = order[completes + 1 :]
    if layout.machine.z_buffers == 1:
        return not behind
    return all(item.kind is not Kind.FORWARD for item in behind)


def merges(new, old):
    """All merges of two chains."""
    for places in combinations(range(len(new) + len(old)), len(new)):
        mine, theirs = iter(new), iter(old)
        yield tuple(next(mine if place in places else theirs) for place in range(len(new) + len(old)))


def duration(order, layout, gated=0.8):
    """Cycles until the last pass has issued its last row, as `interleave` estimates them."""
    classifier, time = len(layout.layers) - 1, 0
    filled, decided = FILL, 0  # a round begins behind the last row of a first layer
    scan, scanned = 0, 0  # the last segment's: first row, last row
    for item in order:
        if item.kind is Kind.FORWARD and item.age == 1 and item.first:
            time = max(time, filled)
        elif item.kind is Kind.FORWARD and item.age == 0 and item.last and layout.machine.z_buffers == 1:
            time = max(time, scan)
        elif item.kind is not Kind.FORWARD:
            time = max(time, scanned)
        if item.kind is Kind.BACKWARD:
            time += max(1, int(gated * layout.layers[item.layer].rows))
        elif item.kind is Kind.TARGET:
            time += 1
        else:
            time += max(PreActivation.MINIMUM_ROWS, item.rows)
        if item.kind is not Kind.FORWARD:
            scan = max(time + SCAN, decided)
            scanned = scan + item.count + SCAN
        elif item.layer == classifier:
            decided = time + DECIDE
        elif item.age == 1:
            filled = time + FILL
    return time


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_round_is_both_samples_passes_each_in_their_order(layout):
    order = compile_program(layout)
    new, old = chains(layout)
    assert [item for item in order if item.age == 0] == new
    assert [item for item in order if item.age == 1] == old
    assert allowed(order, layout)


@st.composite
def few_passes(draw):
    """Layouts of which all merges can be tried: rows are as many as the cycles that a pass waits."""
    network = Network(draw(st.integers(1, 48)), tuple(draw(st.lists(st.integers(2, 40), min_size=1, max_size=2))), 3)
    machine = Machine(
        lanes=16,
        update_lanes=draw(st.sampled_from([2, 4])),
        backward_lanes=draw(st.sampled_from([0, 6, 16])),
        z_buffers=draw(st.sampled_from([1, 2])),
    )
    layout = Layout(network, machine)
    new, old = chains(layout)
    assume(comb(len(new) + len(old), len(new)) <= 1000)
    return layout


@given(few_passes(), st.sampled_from([0.0, 0.5, 0.8, 1.0]))
@settings(max_examples=200, deadline=None)
def test_no_merge_that_keeps_the_rules_is_shorter(layout, gated):
    new, old = chains(layout)
    order = interleave(new, old, layout, gated)
    shortest = min(duration(other, layout, gated) for other in merges(new, old) if allowed(other, layout))
    assert duration(order, layout, gated) == shortest


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_a_round_is_never_longer_than_one_chain_behind_the_other(layout):
    new, old = chains(layout)
    forward = sum(item.kind is Kind.FORWARD for item in old)
    # the old sample first, and the new one as early as it may
    plain = [old + new]
    early = len(old) if layout.machine.z_buffers == 1 else forward
    plain.append(new[:-1] + old[:early] + new[-1:] + old[early:])
    for other in plain:
        assert allowed(other, layout)
        assert duration(compile_program(layout), layout) <= duration(other, layout)


@pytest.mark.parametrize(("z_buffers", "waits"), [(1, FILL + SCAN), (2, 0)])
def test_the_array_hardly_waits_on_the_mnist_network(z_buffers, waits):
    layout = Layout(Network(784, (96, 96), 10), Machine(lanes=200, z_buffers=z_buffers))
    new, old = chains(layout)
    busy = (
        sum(max(PreActivation.MINIMUM_ROWS, item.rows) for item in [*new, *old] if item.kind is Kind.FORWARD)
        + 1
        + int(0.8 * 96)
    )
    assert duration(old + new, layout) > busy + FILL + SCAN + 96, "one behind the other, it waits for scans"
    assert duration(compile_program(layout), layout) == busy + waits


@given(layouts())
def test_a_plan_waits_at_least_as_long_as_the_array_takes(layout):
    assert Propagate.fill_delay(layout) <= FILL
    assert Propagate.decide_delay(layout) <= DECIDE


def test_the_plan_is_that_of_the_deepest_array():
    deepest = Layout(Network(4095, (9,), 2), Machine(lanes=4096, update_lanes=4, register_plane=True))
    assert Propagate.decide_delay(deepest) == DECIDE
