import numpy as np
import pytest

from bep_hw.hidden_plane import HiddenPlane
from bep_hw.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import bits_of, number_of, simulate


def traffic(layout, cycles, seed=0):
    """Random reads and writes (cycles,), never of the same group: read, group, both, write, group written, data."""
    random = np.random.default_rng(seed)
    read, both, write = random.integers(0, 2, (3, cycles))
    group = random.integers(0, layout.hidden_depth, cycles)
    other = (group + random.integers(1, layout.hidden_depth, cycles)) % layout.hidden_depth
    width = layout.machine.update_lanes * layout.network.counter_bits
    return read, group, both, write, other, random.integers(0, 1 << width, cycles)


def signs_of(groups, layout):
    """Visible weights of groups of counters, the first lowest."""
    bits, lanes = layout.network.counter_bits, layout.machine.update_lanes
    return number_of(np.concatenate([1 - bits_of(group, lanes * bits)[bits - 1 :: bits] for group in groups]))


@pytest.mark.parametrize("spram", [False, True])
@pytest.mark.parametrize("hidden", [(3,), (4,), (5, 4)])
def test_groups_and_signs_come_a_cycle_later_unless_refused(hidden, spram):
    layout = Layout(Network(7, hidden, 2, counter_bits=6), Machine(lanes=4, update_lanes=2, spram=spram))
    unit = HiddenPlane(layout)
    banks = layout.banks
    inputs = traffic(layout, 1500)
    read, group, both, write, other, _ = inputs
    refused = unit.model(read, group % banks, both, write, other % banks)
    assert refused.any() == spram
    memory = [0] * layout.hidden_depth

    async def bench(ctx):
        for cycle, (read, group, both, write, other, data) in enumerate(np.stack(inputs, axis=1).tolist()):
            (address, bank), (write_address, write_bank) = divmod(group, banks), divmod(other, banks)
            ctx.set(unit.read, read)
            ctx.set(unit.address, address)
            ctx.set(unit.bank, bank)
            ctx.set(unit.both, both)
            ctx.set(unit.write, write)
            ctx.set(unit.write_address, write_address)
            ctx.set(unit.write_bank, write_bank)
            ctx.set(unit.write_data, data)
            assert ctx.get(unit.refused) == refused[cycle]
            await ctx.tick()
            if read and not refused[cycle]:
                assert ctx.get(unit.read_data) == memory[group]
                if both:
                    groups = memory[address * banks : (address + 1) * banks]
                    assert ctx.get(unit.signs) == signs_of(groups, layout)
            if write:
                memory[other] = data

    simulate(unit, bench, cycles=1600)


def test_a_read_held_through_a_refusal_is_served_when_its_bank_is_no_longer_written():
    layout = Layout(Network(8, (4,), 2), Machine(lanes=4, update_lanes=2, spram=True))
    unit = HiddenPlane(layout)

    async def bench(ctx):
        ctx.set(unit.write, 1)
        for bank in (0, 1):
            ctx.set(unit.write_address, 2)
            ctx.set(unit.write_bank, bank)
            ctx.set(unit.write_data, 100 + bank)
            await ctx.tick()
        ctx.set(unit.read, 1)
        ctx.set(unit.address, 2)
        ctx.set(unit.bank, 0)
        ctx.set(unit.write_address, 3)
        ctx.set(unit.write_bank, 0)
        assert ctx.get(unit.refused)
        await ctx.tick()
        ctx.set(unit.write_bank, 1)
        assert not ctx.get(unit.refused)
        await ctx.tick()
        assert ctx.get(unit.read_data) == 100

    simulate(unit, bench, cycles=20)
