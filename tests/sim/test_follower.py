"""The follower without a simulation: it is told the golden model's own course, changed in one place."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from bep_hw.plan.layout import Layout
from bep_hw.trace import trace_layouts
from bep_ref.config import Machine, Network, Training
from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_sim.course import GoldenCourse, MiniBatch
from bep_sim.follow.events import Column, CounterGroup, Event, PreActivation, SampleEnd, Target, Winner
from bep_sim.follow.follower import Follower

NETWORK = Network(10, (8, 6), 3, counter_bits=3)
MACHINE = Machine(lanes=6, update_lanes=3, backward_lanes=5)
LAYOUT = Layout(NETWORK, MACHINE)
SHAPES = trace_layouts(LAYOUT)

Told = list[tuple[str, Event]]


def course() -> GoldenCourse:
    """Two mini-batches of three samples."""
    random = np.random.default_rng(1)
    x, y = random.choice([-1, 1], (6, NETWORK.inputs)), random.integers(0, NETWORK.classes, 6)
    net = initial_net(NETWORK, Training(group_size=(4, 3), sigma=2.0), "readable")
    assert isinstance(net, BinaryMlp)
    net.walk_block = LAYOUT.column
    return GoldenCourse(
        net, [MiniBatch(1, start, x[start : start + 3], y[start : start + 3], [0.1, 0.1]) for start in (0, 3)]
    )


def events() -> Iterator[tuple[str, Event]]:
    for steps in course().steps(LAYOUT):
        for queue, told in steps.items():
            yield from ((queue.partition(" ")[0], event) for _, event in told)


def bits(kind: str, event: Event) -> int:
    """What the port of ``kind`` holds."""
    fields = vars(event) | {"end": int(isinstance(event, SampleEnd))}
    match event:
        case SampleEnd():
            fields["target"] = event.triggered
        case CounterGroup():
            fields["address"] = int(LAYOUT.group_address(event.matrix, event.first // MACHINE.update_lanes, event.row))
            width = NETWORK.counter_bits
            for name in ("before", "after"):
                counters = enumerate(getattr(event, name))
                fields[name] = sum((q & (1 << width) - 1) << width * lane for lane, q in counters)
    held = {name: fields[name] for name, _ in SHAPES[kind] if name in fields}
    return SHAPES[kind].const(held).as_value().value


def follow(told: Told) -> tuple[str, Follower]:
    """The first difference, and who found it."""
    follower = Follower(LAYOUT, course())
    for kind, event in told:
        if difference := follower.take(kind, bits(kind, event)):
            return difference, follower
    return follower.missing(), follower


def first(told: Told, kind: type[Event], where: Callable[[Event], bool] = lambda event: True) -> int:
    return next(index for index, (_, event) in enumerate(told) if isinstance(event, kind) and where(event))


def test_the_models_own_course_does_not_differ():
    told = list(events())
    difference, follower = follow(told)
    assert difference == ""
    assert follower.compared.total() == len(told)


@pytest.mark.parametrize(
    ("kind", "change", "line"),
    [
        (
            PreActivation,
            {"row": 5},
            "epoch 1, sample 0, layer 1, neuron 0: pre-activation expected, but the hardware's",
        ),
        (PreActivation, {"magnitude": 9}, "epoch 1, sample 0, layer 1, neuron 0: pre-activation is "),
        (Target, {"row": 5}, "epoch 1, sample 0, layer 2, neuron 0: desired activation expected, but the hardware's"),
        (Winner, {"row": 5}, "epoch 1, sample 0, layer 2, group 0: winner is neuron 5 towards"),
        (Winner, {"layer": 0}, "epoch 1, sample 0, layer 2, group 0: winner is neuron "),
        (SampleEnd, {"last": 1}, "epoch 1, sample 0, end: end of a sample is with an update, the last one, the golden"),
        (CounterGroup, {"after": (7, 7, 7)}, "epoch 1, sample 0, layer 2, neuron "),
    ],
)
def test_one_event_that_differs_is_told(kind, change, line):
    told = list(events())
    at = first(told, kind)
    told[at] = told[at][0], replace(told[at][1], **change)
    assert follow(told)[0].startswith(line)


def test_a_weight_is_named_by_its_input():
    told = list(events())
    at = first(told, Column)
    column = told[at][1]
    assert isinstance(column, Column)
    told[at] = "column", replace(column, data=column.data ^ 2)
    wrong, right = ("-1", "+1") if column.data & 2 else ("+1", "-1")
    weight = "first commit, layer 1, neuron 0, input 1"
    assert follow(told)[0] == f"{weight}: visible weight is {wrong}, the golden model has {right}"


def test_what_does_not_come_is_missing():
    told = list(events())
    last = max(index for index, (kind, _) in enumerate(told) if kind == "result")
    assert follow(told[:last] + told[last + 1 :])[0] == "epoch 1, sample 5, result: prediction is missing"


def test_a_mini_batch_does_not_begin_before_the_last_one_is_over():
    told = list(events())
    del told[first(told, CounterGroup, lambda event: event.reinforced)]
    line = follow(told)[0]
    assert line.startswith("epoch 1, behind sample 2, layer ")
    assert ": reinforcement " in line


def test_nothing_comes_behind_the_last_mini_batch():
    told = list(events())
    assert follow([*told, told[first(told, Winner)]])[0].startswith("behind the last mini-batch: winner of layer 2")


def test_counters_are_nowhere_but_at_their_addresses():
    follower = Follower(LAYOUT, course())
    outside = SHAPES["counters"].const({"address": LAYOUT.hidden_groups}).as_value().value
    assert "where there are none" in follower.take("counters", outside)
