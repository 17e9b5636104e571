import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.array.activations import Activations
from tests.hw.drive import layouts, number_of, pause, simulate, simulated


@given(layouts(), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3]))
@simulated(25)
def test_every_layer_ends_up_in_the_register_and_in_chunks_for_the_update_engine(layout, seed, chance):
    unit = Activations(layout)
    random = np.random.default_rng(seed)
    # layers of the new sample and of the old one follow each other in any order
    layers = random.permutation(list(range(len(layout.network.hidden))) * 3).tolist()
    activations = [random.integers(0, 2, layout.network.hidden[layer]) for layer in layers]
    got, done = [], False

    async def memory(ctx):
        ports = (unit.write, unit.write_layer, unit.write_chunk, unit.write_data, unit.write_last)
        while not done:
            _, _, write, *values = await ctx.tick().sample(*ports)
            if write:
                got.append(tuple(values))

    async def bench(ctx):
        nonlocal done
        for layer, active in zip(layers, activations, strict=True):
            for row, bit in enumerate(active):
                await pause(ctx, random, chance)
                ctx.set(unit.layer, layer)
                ctx.set(unit.active, int(bit))
                ctx.set(unit.first, row == 0)
                ctx.set(unit.final, row == len(active) - 1)
                ctx.set(unit.valid, 1)
                await ctx.tick()
                ctx.set(unit.valid, 0)
            assert ctx.get(unit.bits) == number_of(unit.model_bits(active))
        await ctx.tick().repeat(2)
        done = True

    simulate(unit, bench, memory, cycles=4000)
    want = []
    for layer, active in zip(layers, activations, strict=True):
        chunks = unit.model(active)
        assert len(chunks) == layout.layers[layer + 1].chunks
        for index, bits in enumerate(chunks):
            chunk = layout.activation_bases[layer] + index
            want.append((layer, chunk, number_of(bits), int(index == len(chunks) - 1)))
    assert got == want
