import numpy as np
import pytest

from bep_hw.winners.columns import ColumnSums
from tests.hw.drive import bits_of, number_of, pause, simulate


def sums(unit, passes, seed=0):
    """Targets of each pass (weights (n, lanes), error (n,)), its rows with random pauses between."""
    random = np.random.default_rng(seed)
    got = []

    async def bench(ctx):
        for weights, error in passes:
            if not len(weights):
                # a pass over no row still reads one, whatever is in it
                weights, error = random.integers(0, 2, (1, unit.lanes)), [1]
                start = 0
            else:
                start = -((len(weights) + 1) // 2)
            for index, row in enumerate(weights):
                ctx.set(unit.weights, number_of(row))
                ctx.set(unit.error, int(error[index]) * ((1 << len(unit.error)) - 1))
                ctx.set(unit.start, 0 if index else start)
                ctx.set(unit.valid, 1)
                await ctx.tick()
                ctx.set(unit.valid, 0)
                targets = ctx.get(unit.targets)
                ctx.set(unit.weights, number_of(random.integers(0, 2, unit.lanes)))
                await pause(ctx, random)
            assert ctx.get(unit.targets) == targets, "targets stay until cleared"
            got.append(bits_of(targets, unit.lanes).tolist())
            ctx.set(unit.clear, 1)
            await ctx.tick()
            ctx.set(unit.clear, 0)

    simulate(unit, bench, cycles=4000)
    return got


@pytest.mark.parametrize(("lanes", "most_rows"), [(1, 2), (3, 3), (7, 8), (12, 9), (5, 31), (4, 32), (2, 64), (130, 5)])
def test_targets_are_the_signs_of_the_sums(lanes, most_rows):
    unit = ColumnSums(lanes, most_rows)
    random = np.random.default_rng(lanes)
    sizes = [most_rows, most_rows - 1, 0, 1, 2, most_rows, *random.integers(0, most_rows + 1, 6)]
    passes = [(random.integers(0, 2, (n, lanes)), random.integers(0, 2, n)) for n in sizes]
    assert sums(unit, passes) == [unit.model(*rows).tolist() for rows in passes]


@pytest.mark.parametrize("most_rows", [2, 3, 7, 8, 16, 33])
def test_neither_all_rows_agreeing_nor_none_overflows(most_rows):
    unit = ColumnSums(2, most_rows)
    weights = np.tile([1, 0], (most_rows, 1))
    assert sums(unit, [(weights, np.ones(most_rows)), (weights, np.zeros(most_rows))]) == [[1, 0], [0, 1]]


def test_a_tie_and_an_empty_sum_give_plus_one():
    unit = ColumnSums(2, 4)
    tie = np.array([[1, 0], [0, 1], [1, 1], [0, 0]])
    nothing = np.zeros((0, 2), dtype=int)
    assert sums(unit, [(tie, np.ones(4, dtype=int)), (nothing, np.zeros(0))]) == [[1, 1], [1, 1]]
