"""The whole trainer against the golden model, on networks small enough for Amaranth's simulator."""

import os
import random as stalls
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.plan.images import pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address
from bep_hw.trainer import Trainer
from bep_ref import Machine, Network
from bep_ref.config import RULES, divisors
from tests.hw.drive import STEADY, ask, configure, layouts, random_mlp, read_counters, simulate, simulated
from tests.link.streams import receive, send

EXAMPLES = int(os.environ.get("BEP_HW_EXAMPLES", "6"))
"""Random networks and machines tried; more for a longer search."""
BATCHES, SIZE = 4, 5


@dataclass
class Course:
    """What comes out of a run: a prediction and a trigger a sample, counters in mid-run and at its end, statistics."""

    results: list[tuple[int, int]]
    counters: list[list[np.ndarray]]
    statistics: dict[str, int]


def batches(network, random):
    """Mini-batches x (n, K_0), y (n,), train (n,): here and there a sample that only asks for its class."""
    made = []
    for _ in range(BATCHES):
        train = random.random(SIZE) < 0.75
        train[random.integers(SIZE)] = True
        x = random.choice([-1, 1], (SIZE, network.inputs))
        made.append((x, random.integers(0, network.classes, SIZE), train))
    return made


def expected(net, samples, chances):
    """The golden model's course; ``net`` is trained."""
    course = Course([], [], {"samples": 0, "triggers": 0, "winners": 0})
    for number, (x, y, train) in enumerate(samples):
        predictions, triggered = net.predict(x), np.zeros(len(y), dtype=bool)
        batch = net.step(x[train], y[train], chances)
        triggered[train] = batch.triggered
        course.results += list(zip(predictions.tolist(), triggered.tolist(), strict=True))
        course.statistics["samples"] += len(y)
        course.statistics["triggers"] += int(triggered.sum())
        course.statistics["winners"] += sum(int(chosen.sum()) for chosen in batch.winners)
        if number in (0, len(samples) - 1):
            course.counters.append([q.copy() for q in net.counters])
    return course


def observed(net, machine, samples, chances, stall, seed):
    """The hardware's course, from the state of ``net``; input and output stall with chance ``stall``."""
    unit = Trainer(net.network, machine)
    layout = unit.layout
    course = Course([], [], {})

    async def drive(ctx):
        await configure(ctx, unit, net, chances)
        for number, (x, y, train) in enumerate(samples):
            beats = []
            for index, chunks in enumerate(pack_samples(layout, x)):
                header = {"label": int(y[index]), "train": int(train[index]), "last": int(index == len(y) - 1)}
                beats += [{"chunk": int(chunk), **header} for chunk in chunks]
            await send(ctx, unit.samples, beats, stalls.Random(seed + number) if stall else STEADY)
            # counters are read after the first batch; the others follow each other without a pause
            if number in (0, len(samples) - 1):
                course.counters.append(await read_counters(ctx, unit))
        for name in ("samples", "triggers", "winners"):
            course.statistics[name] = await ask(ctx, unit, Space.REGISTERS, address(name))

    async def take(ctx):
        count = sum(len(y) for _, y, _ in samples)
        for result in await receive(ctx, unit.results, count, stalls.Random(seed), stall=stall):
            course.results.append((result.prediction, bool(result.triggered)))

    simulate(unit, drive, take, cycles=60_000)
    return course


def check(network, machine, group_size, margin, gate, chances, stall, seed):
    random = np.random.default_rng(seed)
    column = Layout(network, machine).column
    net = random_mlp(network, group_size, seed, margin=margin, gate=gate, walk_block=column, rule=machine.rule)
    samples = batches(network, random)
    got = observed(net, machine, samples, chances, stall, seed)
    want = expected(net, samples, chances)
    assert got.results == want.results
    for after, (have, wanted) in enumerate(zip(got.counters, want.counters, strict=True)):
        for layer, q in enumerate(wanted):
            assert np.array_equal(have[layer], q), f"counters of layer {layer + 1}, reading {after + 1}"
    if machine.statistics:
        assert got.statistics == want.statistics


SHAPES = {
    "one hidden layer, two classes": (Network(20, (8,), 2), Machine(lanes=8, update_lanes=4)),
    "a row is one word": (Network(21, (8, 6), 3), Machine(lanes=32, update_lanes=8)),
    "lanes no power of two": (Network(23, (9, 6), 4), Machine(lanes=10, update_lanes=5)),
    "three hidden layers": (Network(13, (9, 4, 6), 4, counter_bits=3), Machine(lanes=6, update_lanes=2, slots=2)),
    "few backward lanes": (Network(24, (12, 8), 5), Machine(lanes=12, update_lanes=4, backward_lanes=5)),
    "single-port memories": (Network(22, (8, 5), 3), Machine(lanes=16, update_lanes=4, spram=True)),
    "two buffers of pre-activations": (Network(16, (10, 7), 4), Machine(lanes=8, update_lanes=4, z_buffers=2)),
    "two buffers, a layer of two words": (Network(30, (5, 18, 7), 3), Machine(lanes=10, update_lanes=2, z_buffers=2)),
    "registered plane": (Network(18, (6, 8), 3), Machine(lanes=8, update_lanes=2, register_plane=True)),
    "everything odd": (
        Network(17, (7, 5), 3, counter_bits=12),
        Machine(14, 7, backward_lanes=2, slots=8, spram=True, register_plane=True, statistics=False),
    ),
    "local error signals": (Network(23, (9, 6), 4), Machine(lanes=10, update_lanes=5, rule="local")),
    "local error signals, one hidden layer": (Network(20, (8,), 2), Machine(lanes=8, update_lanes=4, rule="local")),
    "local error signals, few backward lanes": (
        Network(13, (12, 8, 6), 3),
        Machine(lanes=6, update_lanes=2, backward_lanes=4, z_buffers=2, slots=2, register_plane=True, rule="local"),
    ),
    "smallest": (Network(1, (2, 2), 2, counter_bits=2), Machine(lanes=1, update_lanes=1, slots=2)),
}


@pytest.mark.parametrize("stall", [0.0, 0.3])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_counter_prediction_and_trigger(shape, stall):
    network, machine = SHAPES[shape]
    group_size = [divisors(rows)[len(divisors(rows)) // 2] for rows in network.hidden]
    chances = [0.05] * len(network.hidden)
    check(network, machine, group_size, 0.5, 0.3, chances, stall, seed=len(shape))


def test_no_order_is_lost_while_the_update_engine_is_the_slower_one():
    # nearly every neuron is a winner, one row a cycle, and each keeps the update engine busy for 16 cycles
    network, machine = Network(16, (12, 12), 2), Machine(lanes=16, update_lanes=1)
    check(network, machine, [1, 1], 2.0, 1.0, None, 0.0, seed=3)


@given(
    layouts(most_inputs=30, most_neurons=10, rules=tuple(RULES)),
    st.floats(0, 2),
    st.floats(0, 1),
    st.one_of(st.none(), st.floats(0.001, 0.2)),
    st.sampled_from([0.0, 0.2, 0.5]),
    st.integers(0, 2**32 - 1),
)
@simulated(EXAMPLES)
def test_random_networks_on_random_machines(layout, margin, gate, chance, stall, seed):
    network, random = layout.network, np.random.default_rng(seed)
    group_size = [int(random.choice(divisors(rows))) for rows in network.hidden]
    chances = None if chance is None else [chance] * len(network.hidden)
    check(network, layout.machine, group_size, margin, gate, chances, stall, seed)


def test_inference_only_changes_nothing():
    network, machine = Network(20, (8, 6), 3), Machine(lanes=8, update_lanes=4)
    net = random_mlp(network, [4, 3], margin=2.0, gate=1.0)
    x = np.random.default_rng(0).choice([-1, 1], (6, 20))
    samples = [(x, np.zeros(6, dtype=int), np.zeros(6, dtype=bool))]
    got = observed(net, machine, samples, [0.5, 0.5], 0.3, 1)
    assert got.results == [(int(label), False) for label in net.predict(x)]
    assert all(np.array_equal(have, q) for have, q in zip(got.counters[0], net.counters, strict=True))
    assert got.statistics == {"samples": 6, "triggers": 0, "winners": 0}
