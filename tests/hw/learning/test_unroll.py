import random as stalls

import numpy as np
import pytest

from bep_hw.learning.unroll import SY, Unroll
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, RecurrentNetwork
from tests.hw.drive import simulate
from tests.link.streams import receive, send

SAMPLES = 5


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize(("steps", "last_step"), [(1, 0), (6, 5), (6, 2), (6, 0)])
def test_every_winner_becomes_its_steps_in_order(steps, last_step, stall):
    network = RecurrentNetwork(4, 6, 5, 2, steps=steps)
    unit = Unroll(Layout(network, Machine(lanes=8, slots=2)))
    random = np.random.default_rng(steps + last_step)
    desired = random.integers(0, 2, (SAMPLES, last_step + 1, network.state))
    orders, wanted, freed = [], [], []
    for number in range(SAMPLES):
        output, states = random.integers(0, 5, 2).tolist(), random.permutation(network.state)[:3].tolist()
        orders.append([{"end": 0, "layer": 1, "row": row, "target": row % 2} for row in output])
        orders[-1] += [{"end": 0, "layer": 0, "row": row} for row in states]
        orders[-1].append({"end": 1, "last": number % 2, "target": 1})
        wanted += [(SY, row, row % 2, last_step, 0) for row in output]
        wanted += [step for row in states for step in unit.model(row, desired[number][:, row])]
        wanted.append(("end", number % 2, 1))

    async def scanned(ctx):
        """The desired states of two samples are kept, the ends of which are still to come."""
        ctx.set(unit.last_step, last_step)
        for number in range(SAMPLES):
            while number - len(freed) >= 2:
                await ctx.tick()
            for step in reversed(range(last_step + 1)):
                for row in range(network.state):
                    target = int(desired[number, step, row])
                    ctx.set(unit.known, {"valid": 1, "step": step, "row": row, "target": target})
                    await ctx.tick()
            ctx.set(unit.known.valid, 0)
            ctx.set(unit.ended, 1)
            await ctx.tick()
            ctx.set(unit.ended, 0)
            await send(ctx, unit.orders, orders[number], stalls.Random(number))

    async def take(ctx):
        for index, want in enumerate(wanted):
            (step,) = await receive(ctx, unit.steps, 1, stalls.Random(index), stall=stall)
            if step.end:
                assert ("end", step.last, step.target) == want
                freed.append(index)
            else:
                ones = step.ones
                assert (step.layer, step.row, step.target, 0 if ones else step.step, ones) == want

    simulate(unit, scanned, take, cycles=5000)
