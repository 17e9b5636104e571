import itertools

import numpy as np
import pytest

from bep_hw.array.decision import Decision
from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import address, settings
from bep_ref import Machine, Network
from tests.hw.drive import pause, random_mlp, simulate


def decision(classes, width):
    return Decision(Layout(Network(4, (width,), classes), Machine(lanes=4)))


def decide(unit, agree, label, train, margin, seed=None):
    """(prediction, triggered) of each sample, classes back to back or (with a seed) with random pauses between."""
    random = np.random.default_rng(seed)
    got = []

    async def bench(ctx):
        ctx.set(unit.margin, margin)
        for sample, (counts, own) in enumerate(zip(agree, label, strict=True)):
            ctx.set(unit.label, int(own))
            ctx.set(unit.train, int(train[sample]))
            for row, count in enumerate(counts):
                if seed is not None:
                    await pause(ctx, random)
                ctx.set(unit.row, row)
                ctx.set(unit.agree, int(count))
                ctx.set(unit.final, row == len(counts) - 1)
                ctx.set(unit.valid, 1)
                await ctx.tick()
                ctx.set(unit.valid, 0)
                assert not ctx.get(unit.decided)
            await ctx.tick()
            assert ctx.get(unit.decided), "two cycles after the last class"
            got.append((ctx.get(unit.prediction), bool(ctx.get(unit.triggered))))

    simulate(unit, bench, cycles=40_000)
    return got


def wanted(unit, agree, label, train, margin):
    predictions, triggered = unit.model(agree, label, train, margin)
    return list(zip(predictions.tolist(), triggered.tolist(), strict=True))


@pytest.mark.parametrize("classes", range(2, 11))
def test_random_counts_many_of_them_equal(classes):
    unit = decision(classes, 8)
    random = np.random.default_rng(classes)
    agree = random.integers(2, 6, (60, classes))
    label, train = random.integers(0, classes, 60), random.integers(0, 4, 60) > 0
    for margin in (0, 1, 3):
        assert decide(unit, agree, label, train, margin, seed=margin) == wanted(unit, agree, label, train, margin)


@pytest.mark.parametrize("margin", range(6))
def test_every_lead_of_two_and_three_classes_against_every_margin(margin):
    for classes in (2, 3):
        unit = decision(classes, 4)
        agree = np.array(list(itertools.product(range(5), repeat=classes)))
        label = np.arange(len(agree)) % classes
        train = np.ones(len(agree), dtype=int)
        assert decide(unit, agree, label, train, margin) == wanted(unit, agree, label, train, margin)


def test_a_lead_equal_to_the_margin_does_not_trigger():
    # classes 0 and 1 agree in 5 and 3 of 8 bits: the lead is 4, half of it 2
    unit = decision(2, 8)
    agree, label, train = np.array([[5, 3]]), np.array([0]), np.array([1])
    assert decide(unit, agree, label, train, margin=2) == [(0, False)]
    assert decide(unit, agree, label, train, margin=3) == [(0, True)]


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.25, 0.3, 0.5, 0.75, 1.0, 1.9, 2.0])
@pytest.mark.parametrize("width", [2, 5, 6])
def test_half_the_margin_in_the_register_triggers_as_the_golden_model(width, margin):
    unit = decision(3, width)
    net = random_mlp(Network(4, (width,), 3), [1], margin=margin)
    register = settings(net.network, margin, net.gate, net.group_size)[address("margin")]
    agree = np.array(list(itertools.product(range(width + 1), repeat=3)))
    for own in range(3):
        label = np.full(len(agree), own)
        _, triggered = unit.model(agree, label, np.ones(len(agree)), register)
        assert np.array_equal(triggered, net.triggers(2 * agree - width, label))
