import numpy as np
import pytest

from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import TABLE_STRIDE
from bep_hw.winners.gated_list import GatedList
from bep_ref import Machine, Network
from tests.hw.drive import simulate


@pytest.mark.parametrize("hidden", [(5,), (4, 7), (9, 6, 5)])
def test_list_and_thresholds_share_the_memory_without_disturbing_each_other(hidden):
    layout = Layout(Network(6, hidden, 2), Machine(lanes=4))
    unit = GatedList(layout)
    random = np.random.default_rng(len(hidden))
    row = random.integers(0, max(hidden), unit.table_base)
    target = random.integers(0, 2, unit.table_base)
    entries = unit.model(row, target)
    table = random.integers(0, 1 << 16, TABLE_STRIDE * len(hidden))

    async def fill(ctx):
        for index, value in enumerate(table.tolist()):
            ctx.set(unit.threshold_write.valid, 1)
            ctx.set(unit.threshold_write.address, index)
            ctx.set(unit.threshold_write.data, value)
            await ctx.tick()
        ctx.set(unit.threshold_write.valid, 0)
        for index in random.permutation(unit.table_base).tolist():
            ctx.set(unit.write.valid, 1)
            ctx.set(unit.write.address, index)
            ctx.set(unit.write.row, int(row[index]))
            ctx.set(unit.write.target, int(target[index]))
            await ctx.tick()
        ctx.set(unit.write.valid, 0)

    async def bench(ctx):
        await fill(ctx)
        for _ in range(300):
            index, entry, read = (int(random.integers(n)) for n in (len(table), unit.table_base, 2))
            ctx.set(unit.thresholds.address, index)
            ctx.set(unit.read.address, entry)
            ctx.set(unit.read.valid, read)
            # the backward pass comes first
            assert ctx.get(unit.thresholds.granted) == 1 - read
            await ctx.tick()
            if read:
                assert ctx.get(unit.read.row) << 1 | ctx.get(unit.read.target) == entries[entry]
            else:
                assert ctx.get(unit.thresholds.data) == table[index]

    simulate(unit, bench, cycles=1000)
