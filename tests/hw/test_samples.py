import random as stalls

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.layout import Layout
from bep_hw.samples import Loader, SampleMemory
from bep_ref import Machine, Network
from tests.hw.drive import layouts, number_of, simulate, simulated
from tests.link.streams import send

COUNT = 11


@given(layouts(most_inputs=30), st.integers(0, 2**32 - 1))
@simulated(15)
def test_every_sample_stays_whole_in_its_slot_until_it_is_freed(layout, seed):
    unit = Loader(layout)
    random = np.random.default_rng(seed)
    slots, beats = layout.machine.slots, layout.layers[0].chunks
    chunks = random.integers(0, 2, (COUNT, beats, layout.machine.update_lanes))
    headers = [
        {"label": int(random.integers(layout.network.classes)), "train": int(bits[0]), "last": int(bits[1])}
        for bits in random.integers(0, 2, (COUNT, 2))
    ]
    stored = [[number_of(bits) for bits in unit.model(sample)] for sample in chunks]
    memory = {}

    async def offer(ctx):
        payloads = [
            {"chunk": number_of(bits), **header}
            for sample, header in zip(chunks, headers, strict=True)
            for bits in sample
        ]
        await send(ctx, unit.samples, payloads, stalls.Random(seed))

    async def keep(ctx):
        begun = freed = 0
        while freed < COUNT:
            ctx.set(unit.grant, int(random.random() < 0.8))
            ports = (unit.write, unit.write_address, unit.write_data)
            _, _, write, address, value = await ctx.tick().sample(*ports)
            if write:
                memory[address] = value
            begun += (ctx.get(unit.begun) - begun) % (2 * slots)
            loaded = ctx.get(unit.loaded)
            assert begun - freed <= slots

            def held(sample, count):
                base = sample % slots * layout.slot_chunks
                return [memory.get(base + index) for index in range(count)]

            if begun:
                assert held(begun - 1, loaded) == stored[begun - 1][:loaded]
            complete = begun if loaded == beats else begun - 1
            if freed < complete and random.random() < 0.15:
                assert held(freed, beats) == stored[freed]
                header = ctx.get(unit.headers[freed % slots])
                assert {name: header[name] for name in headers[freed]} == headers[freed]
                freed += 1
                ctx.set(unit.freed, freed % (2 * slots))

    simulate(unit, offer, keep, cycles=10_000)


@pytest.mark.parametrize("slots", [2, 4, 8])
def test_a_full_ring_takes_no_beat_until_a_slot_is_freed(slots):
    layout = Layout(Network(4, (2,), 2), Machine(lanes=4, update_lanes=2, slots=slots))
    unit = Loader(layout)

    async def bench(ctx):
        ctx.set(unit.grant, 1)
        ctx.set(unit.samples.valid, 1)
        await ctx.tick().repeat(2 * slots)
        assert ctx.get(unit.begun) == slots
        for _ in range(5):
            assert not ctx.get(unit.samples.ready)
            await ctx.tick()
        ctx.set(unit.freed, 1)
        assert ctx.get(unit.samples.ready)

    simulate(unit, bench, cycles=100)


def test_both_ports_read_what_was_written_a_cycle_later():
    layout = Layout(Network(9, (4,), 2), Machine(lanes=6, update_lanes=3, slots=2))
    unit = SampleMemory(layout)
    random = np.random.default_rng(0)
    memory = [0] * unit.depth

    async def bench(ctx):
        for _ in range(300):
            write, address, value = int(random.integers(2)), int(random.integers(unit.depth)), int(random.integers(8))
            fetch, update = ((address + int(random.integers(1, unit.depth))) % unit.depth for _ in range(2))
            ctx.set(unit.write, write)
            ctx.set(unit.write_address, address)
            ctx.set(unit.write_data, value)
            ctx.set(unit.fetch_address, fetch)
            ctx.set(unit.update_address, update)
            await ctx.tick()
            assert (ctx.get(unit.fetch_data), ctx.get(unit.update_data)) == (memory[fetch], memory[update])
            if write:
                memory[address] = value

    simulate(unit, bench, cycles=400)
