import numpy as np
import pytest

from bep_hw.hidden_plane import HiddenPlane
from bep_hw.layout import Layout
from bep_ref import Machine, Network
from tests.hw.drive import simulate


def traffic(layout, cycles, seed=0):
    """Random reads and writes, never of the same group at once: read, address, write, write address, data (cycles,)."""
    random = np.random.default_rng(seed)
    read, write = random.integers(0, 2, (2, cycles))
    address = random.integers(0, layout.hidden_depth, cycles)
    other = (address + random.integers(1, layout.hidden_depth, cycles)) % layout.hidden_depth
    width = layout.machine.update_lanes * layout.network.counter_bits
    return read, address, write, other, random.integers(0, 1 << width, cycles)


@pytest.mark.parametrize("spram", [False, True])
@pytest.mark.parametrize("hidden", [(3,), (4,), (5, 4)])
def test_reads_give_the_last_write_a_cycle_later_unless_refused(hidden, spram):
    layout = Layout(Network(7, hidden, 2, counter_bits=3), Machine(lanes=4, update_lanes=2, spram=spram))
    unit = HiddenPlane(layout)
    inputs = traffic(layout, 600)
    refused = unit.model(*inputs[:4])
    assert refused.any() == spram
    memory = [0] * layout.hidden_depth

    async def bench(ctx):
        ports = (unit.read, unit.address, unit.write, unit.write_address, unit.write_data)
        for cycle, values in enumerate(np.stack(inputs, axis=1).tolist()):
            for port, value in zip(ports, values, strict=True):
                ctx.set(port, value)
            assert ctx.get(unit.refused) == refused[cycle]
            await ctx.tick()
            read, address, write, write_address, data = values
            if read and not refused[cycle]:
                assert ctx.get(unit.read_data) == memory[address]
            if write:
                memory[write_address] = data

    simulate(unit, bench, cycles=700)


def test_a_read_held_through_a_refusal_is_served_when_the_write_is_over():
    layout = Layout(Network(8, (4,), 2), Machine(lanes=4, update_lanes=2, spram=True))
    unit = HiddenPlane(layout)

    async def bench(ctx):
        ctx.set(unit.write, 1)
        for address in (2, 4):
            ctx.set(unit.write_address, address)
            ctx.set(unit.write_data, 100 + address)
            await ctx.tick()
        ctx.set(unit.read, 1)
        ctx.set(unit.address, 2)
        ctx.set(unit.write_address, 6)
        assert ctx.get(unit.refused)
        await ctx.tick()
        ctx.set(unit.write_address, 7)  # the other bank
        assert not ctx.get(unit.refused)
        await ctx.tick()
        assert ctx.get(unit.read_data) == 102

    simulate(unit, bench, cycles=20)
