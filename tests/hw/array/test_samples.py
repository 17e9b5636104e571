import random as stalls

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.plan.layout import Layout
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
        written = freed = 0
        while freed < COUNT:
            grant = random.random() < 0.8
            ctx.set(unit.grant, grant)
            ports = (unit.write.valid, unit.write.slot, unit.write.chunk, unit.write.data)
            _, _, write, slot, chunk, value = await ctx.tick().sample(*ports)
            if write:
                assert grant, "the port is someone else's"
                memory[slot, chunk] = value
                written += 1
            begun, complete = -(-written // beats), written // beats
            assert ctx.get(unit.begun) == begun % (2 * slots)
            assert ctx.get(unit.arrivals.complete) == complete % (2 * slots)
            assert begun - freed <= slots
            if freed < complete and random.random() < 0.15:
                assert [memory.get((freed % slots, index)) for index in range(beats)] == stored[freed]
                header = ctx.get(unit.arrivals.headers[freed % slots])
                assert {name: header[name] for name in headers[freed]} == headers[freed]
                freed += 1
                ctx.set(unit.freed, freed % (2 * slots))

    simulate(unit, offer, keep, cycles=10_000)


def test_a_dropped_sample_was_never_there_and_the_next_one_takes_its_place():
    layout = Layout(Network(6, (2,), 2), Machine(lanes=4, update_lanes=2, slots=2))
    unit, written = Loader(layout), []

    async def load(ctx, beats):
        ctx.set(unit.samples.valid, 1)
        for beat in beats:
            ctx.set(unit.samples.payload, {"chunk": beat, "label": 1, "train": 1, "last": 0})
            *_, write, slot, chunk, value = await ctx.tick().sample(
                unit.write.valid, unit.write.slot, unit.write.chunk, unit.write.data
            )
            written.append((write, slot, chunk, value))
        ctx.set(unit.samples.valid, 0)

    async def drop(ctx):
        ctx.set(unit.samples.payload, {"drop": 1})
        ctx.set(unit.samples.valid, 1)
        *_, ready, write = await ctx.tick().sample(unit.samples.ready, unit.write.valid)
        assert (ready, write) == (1, 0)
        ctx.set(unit.samples.valid, 0)
        return ctx.get(unit.begun), ctx.get(unit.arrivals.complete)

    async def bench(ctx):
        ctx.set(unit.grant, 1)
        await load(ctx, [1, 2])
        assert await drop(ctx) == (0, 0)
        await load(ctx, [3, 0, 1])
        assert await drop(ctx) == (1, 1), "there is nothing to drop between samples"
        await load(ctx, [2])
        assert await drop(ctx) == (1, 1)

    simulate(unit, bench, cycles=100)
    assert written == [(1, 0, 0, 1), (1, 0, 1, 2), (1, 0, 0, 3), (1, 0, 1, 0), (1, 0, 2, 1), (1, 1, 0, 2)]


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
        await ctx.tick()
        assert ctx.get(unit.samples.ready)

    simulate(unit, bench, cycles=100)


@pytest.mark.parametrize("chunks", [4, 8])
def test_a_chunk_is_read_where_it_was_written(chunks):
    layout = Layout(Network(9, (7,), 2), Machine(lanes=6, update_lanes=3, slots=2))
    unit = SampleMemory(layout, chunks)
    random = np.random.default_rng(0)
    slots = layout.machine.slots
    stored = np.zeros((slots, chunks), dtype=int)

    async def bench(ctx):
        for _ in range(600):
            write, slot, chunk, value = (int(random.integers(n)) for n in (2, slots, chunks, 8))
            # never what is being written
            where = (slot * chunks + chunk + int(random.integers(1, stored.size))) % stored.size
            for port, number in (("valid", write), ("slot", slot), ("chunk", chunk), ("data", value)):
                ctx.set(getattr(unit.write, port), number)
            ctx.set(unit.read.address, where)
            await ctx.tick()
            assert ctx.get(unit.read.data) == stored.flat[where]
            if write:
                stored[slot, chunk] = value

    simulate(unit, bench, cycles=700)
