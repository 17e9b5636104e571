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
        written = freed = 0
        while freed < COUNT:
            grant = random.random() < 0.8
            ctx.set(unit.grant, grant)
            ports = (unit.write, unit.write_slot, unit.write_chunk, unit.write_data)
            _, _, write, slot, chunk, value = await ctx.tick().sample(*ports)
            if write:
                assert grant, "the port is someone else's"
                memory[slot, chunk] = value
                written += 1
            begun, complete = -(-written // beats), written // beats
            assert ctx.get(unit.begun) == begun % (2 * slots)
            assert ctx.get(unit.complete) == complete % (2 * slots)
            assert begun - freed <= slots
            if freed < complete and random.random() < 0.15:
                assert [memory.get((freed % slots, index)) for index in range(beats)] == stored[freed]
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


def test_inputs_are_in_both_copies_and_activations_only_where_the_update_engine_reads():
    layout = Layout(Network(9, (7,), 2), Machine(lanes=6, update_lanes=3, slots=2))
    unit = SampleMemory(layout)
    random = np.random.default_rng(0)
    fetch, update = [0] * unit.fetch_depth, [0] * unit.update_depth
    slots, inputs, chunks = layout.machine.slots, layout.input_chunks, layout.slot_chunks
    assert inputs < chunks

    async def bench(ctx):
        for _ in range(600):
            write, activation = (int(bit) for bit in random.integers(0, 2, 2))
            slot, chunk = int(random.integers(slots)), int(random.integers(chunks if activation else inputs))
            value = int(random.integers(8))
            ctx.set(unit.write, write)
            ctx.set(unit.write_activation, activation)
            ctx.set(unit.write_slot, slot)
            ctx.set(unit.write_chunk, chunk)
            ctx.set(unit.write_data, value)
            # never what is being written
            reads = [int(random.integers(1, len(copy))) for copy in (fetch, update)]
            reads[0] = (slot * inputs + chunk + reads[0]) % len(fetch)
            reads[1] = (slot * chunks + chunk + reads[1]) % len(update)
            ctx.set(unit.fetch_address, reads[0])
            ctx.set(unit.update_address, reads[1])
            await ctx.tick()
            assert (ctx.get(unit.fetch_data), ctx.get(unit.update_data)) == (fetch[reads[0]], update[reads[1]])
            if write:
                update[slot * chunks + chunk] = value
                if not activation:
                    fetch[slot * inputs + chunk] = value

    simulate(unit, bench, cycles=700)
