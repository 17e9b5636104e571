"""The trainer of a recurrent network against the golden model, on networks small enough for Amaranth's simulator."""

import random as stalls

import numpy as np
import pytest

from bep_hw.hardware import hardware
from bep_hw.plan.images import pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address
from bep_ref import BinaryRnn
from bep_ref.config import ConfigError, Machine, RecurrentNetwork
from bep_ref.networks.rnn import LAYERS, MATRICES
from tests.hw.drive import STEADY, ask, configure, random_counters, read_counters, simulate
from tests.link.streams import receive, send

BATCHES, SIZE = 3, 4


def random_rnn(network, group_size, seed, **options):
    random = np.random.default_rng(seed)
    return BinaryRnn(
        counters=dict(zip(MATRICES, random_counters(network, random), strict=True)),
        classifier=random.choice([-1, 1], (network.classes, network.output)),
        group_size=dict(zip(LAYERS, group_size, strict=True)),
        counter_bits=network.counter_bits,
        steps=network.steps,
        **options,
    )


def check(network, machine, group_size, lengths, margin=0.5, gate=0.4, chances=(0.05, 0.05, 0.05), stall=0.0, seed=1):
    """Mini-batches, the sequences of each as long as ``lengths`` says: every prediction, trigger and counter.

    Here and there a sequence only asks for its class.
    """
    random = np.random.default_rng(seed)
    net = random_rnn(network, group_size, seed, margin=margin, gate=gate, walk_block=Layout(network, machine).column)
    unit = hardware(network, machine)
    samples = []
    for steps in lengths:
        train = random.random(SIZE) < 0.75
        train[random.integers(SIZE)] = True
        x = random.choice([-1, 1], (SIZE, steps, network.inputs))
        samples.append((x, random.integers(0, network.classes, SIZE), train))
    got, counters = [], []

    async def drive(ctx):
        await configure(ctx, unit, net, list(chances))
        for number, (x, y, train) in enumerate(samples):
            await ask(ctx, unit, Space.REGISTERS, address("last_step"), x.shape[1] - 1)
            beats = []
            for index, chunks in enumerate(pack_samples(unit.layout, x)):
                header = {"label": int(y[index]), "train": int(train[index]), "last": int(index == len(y) - 1)}
                beats += [{"chunk": int(chunk), **header} for chunk in chunks]
            await send(ctx, unit.samples, beats, stalls.Random(seed + number) if stall else STEADY)
            counters.append(await read_counters(ctx, unit))

    async def take(ctx):
        for result in await receive(ctx, unit.results, SIZE * len(samples), stalls.Random(seed), stall=stall):
            got.append((result.prediction, bool(result.triggered)))

    initial = [q.copy() for q in net.matrices]
    simulate(unit, drive, take, cycles=100_000)
    wanted = []
    for number, (x, y, train) in enumerate(samples):
        predictions, triggered = net.predict(x), np.zeros(SIZE, dtype=bool)
        triggered[train] = net.step(x[train], y[train], list(chances)).triggered
        wanted += list(zip(predictions.tolist(), triggered.tolist(), strict=True))
        for name, have, want, before in zip(MATRICES, counters[number], net.matrices, initial, strict=True):
            assert np.array_equal(have, want), f"counters of {name}, mini-batch {number + 1}"
            assert not np.array_equal(want, before), "nothing was learned"
    assert got == wanted


SHAPES = {
    "a row is one word": (RecurrentNetwork(10, 6, 4, 3, steps=5), Machine(lanes=16, update_lanes=4), [3, 2]),
    "rows of several words": (RecurrentNetwork(21, 12, 6, 3, steps=4), Machine(lanes=8, update_lanes=2), [4, 3]),
    "few backward lanes": (
        RecurrentNetwork(9, 12, 8, 4, steps=6),
        Machine(lanes=12, update_lanes=4, backward_lanes=5, slots=2),
        [4, 2],
    ),
    "single-port memories": (
        RecurrentNetwork(13, 9, 10, 2, counter_bits=4, steps=8),
        Machine(lanes=16, update_lanes=4, spram=True, slots=2),
        [3, 5],
    ),
    "registered plane, hits ahead": (
        RecurrentNetwork(5, 7, 3, 2, steps=3),
        Machine(lanes=8, update_lanes=2, register_plane=True, hits_ahead=16),
        [7, 3],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_counter_prediction_and_trigger_of_sequences_of_every_length(shape):
    network, machine, group_size = SHAPES[shape]
    check(network, machine, group_size, [network.steps, 1, 2], stall=0.2 if machine.slots == 2 else 0.0)


def test_one_step_is_a_sequence():
    check(RecurrentNetwork(6, 4, 4, 2, steps=1), Machine(lanes=8, update_lanes=4), [2, 2], [1, 1], margin=2.0)


def test_no_order_is_lost_while_the_update_engine_is_the_slower_one():
    network, machine = RecurrentNetwork(8, 12, 12, 2, steps=4), Machine(lanes=16, update_lanes=1)
    check(network, machine, [1, 1], [4, 4], margin=2.0, gate=1.0, seed=3)


@pytest.mark.parametrize(("name", "value"), [("rule", "local"), ("z_buffers", 2), ("cache_samples", 300)])
def test_what_recurrent_hardware_does_not_have_is_refused(name, value):
    machine = Machine(lanes=8, **{name: value})
    with pytest.raises(ConfigError, match=f"{name}: {value} is out of range; it must be .* for recurrent networks"):
        Layout(RecurrentNetwork(6, 4, 4, 2, steps=2), machine)
