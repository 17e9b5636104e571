import pytest

from bep_hw.winners.columns import ColumnSums
from tests.hw.drive import simulate


def test_a_bench_that_waits_for_ever_fails_at_its_bound():
    async def wait(ctx):
        while True:
            await ctx.tick()

    with pytest.raises(AssertionError, match="not done after 50 cycles"):
        simulate(ColumnSums(2, 2), wait, cycles=50)
