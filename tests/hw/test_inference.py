"""Hardware that only infers against the golden model's predictions."""

import random as stalls

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.inference import Inference
from bep_hw.plan.images import pack_samples
from bep_hw.plan.load import load
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import IDENTITY, address
from bep_ref import Machine, Network
from tests.hw.drive import ask, layouts, random_mlp, simulate, simulated
from tests.link.streams import receive, send

COUNT = 9


def predictions(net, machine, x, stall, seed):
    """What the hardware says of samples ``x``, which are all marked as ones to learn and to end a batch with."""
    unit = Inference(net.network, machine)
    layout, got = unit.layout, []

    async def drive(ctx):
        assert await ask(ctx, unit, Space.REGISTERS, address("identity")) == IDENTITY
        for write in load(layout, net.counters, [net.classifier]):
            await ask(ctx, unit, *write)
        beats = [
            {"chunk": int(chunk), "label": 0, "train": 1, "last": 1}
            for chunks in pack_samples(layout, x)
            for chunk in chunks
        ]
        await send(ctx, unit.samples, beats, stalls.Random(seed))

    async def take(ctx):
        for result in await receive(ctx, unit.results, len(x), stalls.Random(seed), stall=stall):
            assert not result.triggered
            got.append(result.prediction)

    simulate(unit, drive, take, cycles=30_000)
    return got


@given(layouts(), st.sampled_from([0, 0.3]), st.integers(0, 2**32 - 1))
@simulated(8)
def test_predictions_are_the_golden_models(layout, stall, seed):
    machine = Machine.from_dict(layout.machine.to_dict() | {"training": False})
    net = random_mlp(layout.network, [1] * len(layout.network.hidden), seed)
    x = np.random.default_rng(seed).choice([-1, 1], (COUNT, layout.network.inputs))
    assert predictions(net, machine, x, stall, seed) == net.predict(x).tolist()


@pytest.mark.parametrize("space", [Space.COUNTERS, Space.REGISTERS])
def test_requests_that_mean_nothing_here_are_answered(space):
    network = Network(8, (4, 4), 2)
    unit = Inference(network, Machine(lanes=8, update_lanes=4, training=False))

    async def bench(ctx):
        for where in (address("commit"), address("seed"), address("margin"), address("reinforcement")):
            await ask(ctx, unit, space, where, 1)
            if space is Space.COUNTERS:
                assert await ask(ctx, unit, space, where) == 0

    simulate(unit, bench, cycles=300)
