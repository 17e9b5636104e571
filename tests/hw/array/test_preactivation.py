import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from bep_hw.array.interleave import compile_program
from bep_hw.array.preactivation import PreActivation
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_ref import Machine, Network
from tests.hw.drive import layouts, simulate, simulated


def schedule(unit, counts, random, pauses):
    """Cycles (valid, index, first, count) of one round's forward passes; ``counts`` (words, rows) of each layer."""
    cycles = []
    for index, item in enumerate(unit.program):
        if item.kind is not Kind.FORWARD:
            continue
        for row in range(max(item.rows, unit.MINIMUM_ROWS)):
            cycles += [(0, 0, 0, 0)] * (random.integers(0, 3) if pauses else 0)
            valid = row < item.rows
            cycles.append((int(valid), index, int(row == 0), int(counts[item.layer][item.word, row]) if valid else 0))
    return cycles


@given(layouts(), st.booleans(), st.integers(0, 2**32 - 1))
@simulated(20)
@example(Layout(Network(13, (2, 2), 2), Machine(lanes=4)), False, 0)  # fewer rows than the pipeline is long
@example(Layout(Network(40, (4, 5), 3), Machine(lanes=4)), False, 1)
def test_rows_complete_in_order_with_the_sum_over_their_words(layout, pauses, seed):
    unit = PreActivation(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    cycles, want, got = [], [], []
    for _ in range(2):
        counts = []
        for place in layout.layers:
            agree = np.zeros((place.words * layout.machine.lanes, place.rows), dtype=int)  # padding never agrees
            agree[-place.fan_in :] = random.integers(0, 2, (place.fan_in, place.rows))
            counts.append(agree.reshape(place.words, -1, place.rows).sum(axis=1))
        cycles += schedule(unit, counts, random, pauses)
        for layer in (item.layer for item in unit.program if item.kind is Kind.FORWARD and item.last):
            place = layout.layers[layer]
            for row, (agree, z) in enumerate(zip(*unit.model(counts[layer], place.fan_in), strict=True)):
                want.append((layer, row, int(row == place.rows - 1), agree, abs(z), int(z < 0)))

    async def bench(ctx):
        counts = [0] * unit.AHEAD
        for valid, index, first, following in [*cycles, *[(0, 0, 0, 0)] * 8]:
            ctx.set(unit.valid, valid)
            ctx.set(unit.index, index)
            ctx.set(unit.first, first)
            ctx.set(unit.count, counts.pop(0))
            counts.append(following)
            await ctx.tick()
            if ctx.get(unit.done):
                ports = (unit.layer, unit.row, unit.final, unit.agree, unit.magnitude, unit.negative)
                got.append(tuple(ctx.get(port) for port in ports))

    simulate(unit, bench, cycles=len(cycles) + 20)
    assert got == want
