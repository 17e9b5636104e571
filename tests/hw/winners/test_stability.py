import numpy as np
import pytest

from bep_hw.plan.layout import Layout
from bep_hw.winners.stability import Stability
from bep_ref.config import Machine, RecurrentNetwork
from tests.hw.drive import simulate


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("rows", [2, 7])
def test_sums_over_the_steps_are_the_models(rows, steps):
    unit = Stability(Layout(RecurrentNetwork(5, rows, 3, 2, steps=steps), Machine(lanes=8)))
    random = np.random.default_rng(rows)
    most = 5 + rows
    sequences = [(random.random((steps, rows)) < 0.5, random.integers(0, most + 1, (steps, rows))) for _ in range(3)]
    sequences.append((np.ones((steps, rows), bool), np.full((steps, rows), most)))  # as far down as it goes
    got = []

    async def bench(ctx):
        for wrong, magnitude in sequences:
            for step in range(steps):
                for row in range(rows):
                    ctx.set(unit.asked, row)
                    await ctx.tick()
                    ctx.set(unit.asked, int(random.integers(rows)))
                    await ctx.tick()
                    ctx.set(unit.row, row)
                    ctx.set(unit.wrong, bool(wrong[step, row]))
                    ctx.set(unit.magnitude, int(magnitude[step, row]))
                    ctx.set(unit.fresh, step == 0)
                    ctx.set(unit.valid, 1)
                    await ctx.tick()
                    ctx.set(unit.valid, 0)
                    size = ctx.get(unit.size)
                    got.append(-size if ctx.get(unit.negative) else size)

    simulate(unit, bench, cycles=2000)
    behind_last = np.array(got).reshape(len(sequences), steps, rows)[:, -1]
    assert np.array_equal(behind_last, [unit.model(*sequence) for sequence in sequences])
