import numpy as np
import pytest

from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import bits_of, number_of, simulate


def traffic(layout, cycles, seed=0):
    """Reads and writes, never of the same group, a cycle each: read, group, both, write, group written, data."""
    random = np.random.default_rng(seed)
    read, both, write = random.integers(0, 2, (3, cycles))
    group = random.integers(0, layout.hidden_depth, cycles)
    other = (group + random.integers(1, layout.hidden_depth, cycles)) % layout.hidden_depth
    width = layout.machine.update_lanes * layout.network.counter_bits
    data = [int.from_bytes(random.bytes(width // 8 + 1)) % (1 << width) for _ in range(cycles)]
    return list(zip(*np.stack([read, group, both, write, other]).tolist(), data, strict=True))


def signs_of(groups, layout):
    """Visible weights of groups of counters, the first lowest."""
    bits, lanes = layout.network.counter_bits, layout.machine.update_lanes
    return number_of(np.concatenate([1 - bits_of(group, lanes * bits)[bits - 1 :: bits] for group in groups]))


@pytest.mark.parametrize(("spram", "registered", "delay"), [(False, False, 1), (True, True, 1), (False, True, 2)])
@pytest.mark.parametrize(("hidden", "lanes"), [((3,), 2), ((4,), 2), ((5, 4), 2), ((4,), 14)])
def test_groups_and_signs_come_in_time_unless_refused(hidden, lanes, spram, registered, delay):
    machine = Machine(lanes=2 * lanes, update_lanes=lanes, spram=spram, register_plane=registered)
    layout = Layout(Network(29, hidden, 2, counter_bits=6), machine)
    unit = HiddenPlane(layout)
    banks = layout.banks
    inputs = traffic(layout, 1500)
    read, group, both, write, other = (np.array(column) for column in list(zip(*inputs, strict=True))[:5])
    refused = unit.model(read, group % banks, both, write, other % banks)
    assert refused.any() == spram
    memory = [0] * layout.hidden_depth
    assert unit.delay == delay

    async def bench(ctx):
        due = [(None, None)] * (delay - 1)
        for cycle, (read, group, both, write, other, data) in enumerate(inputs):
            (address, bank), (write_address, write_bank) = divmod(group, banks), divmod(other, banks)
            ctx.set(unit.read.valid, read)
            ctx.set(unit.read.address, address)
            ctx.set(unit.read.bank, bank)
            ctx.set(unit.read.both, both)
            ctx.set(unit.write.valid, write)
            ctx.set(unit.write.address, write_address)
            ctx.set(unit.write.bank, write_bank)
            ctx.set(unit.write.data, data)
            assert ctx.get(unit.read.refused) == refused[cycle]
            await ctx.tick()
            served = read and not refused[cycle]
            groups = memory[address * banks : (address + 1) * banks]
            due.append((memory[group] if served else None, signs_of(groups, layout) if served and both else None))
            data_due, signs_due = due.pop(0)
            assert data_due in (None, ctx.get(unit.read.data))
            assert signs_due in (None, ctx.get(unit.read.signs))
            if write:
                memory[other] = data

    simulate(unit, bench, cycles=1600)


def test_a_read_held_through_a_refusal_is_served_when_its_bank_is_no_longer_written():
    layout = Layout(Network(8, (4,), 2), Machine(lanes=4, update_lanes=2, spram=True))
    unit = HiddenPlane(layout)

    async def bench(ctx):
        ctx.set(unit.write.valid, 1)
        for bank in (0, 1):
            ctx.set(unit.write.address, 2)
            ctx.set(unit.write.bank, bank)
            ctx.set(unit.write.data, 100 + bank)
            await ctx.tick()
        ctx.set(unit.read.valid, 1)
        ctx.set(unit.read.address, 2)
        ctx.set(unit.read.bank, 0)
        ctx.set(unit.write.address, 3)
        ctx.set(unit.write.bank, 0)
        assert ctx.get(unit.read.refused)
        await ctx.tick()
        ctx.set(unit.write.bank, 1)
        assert not ctx.get(unit.read.refused)
        await ctx.tick()
        assert ctx.get(unit.read.data) == 100

    simulate(unit, bench, cycles=20)
