import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.activations import ActivationWriter
from tests.hw.drive import layouts, number_of, pause, simulate, simulated


@given(layouts(), st.integers(0, 2**32 - 1))
@simulated(15)
def test_chunks_of_every_layer_are_written_in_order_and_counted_once_readable(layout, seed):
    unit = ActivationWriter(layout)
    random = np.random.default_rng(seed)
    hidden = [random.integers(0, 2, rows) for rows in layout.network.hidden * 2]
    written = []

    async def bench(ctx):
        async def cycle():
            """One clock cycle, in which the memory takes what is written."""
            if ctx.get(unit.write):
                written.append((ctx.get(unit.write_chunk), ctx.get(unit.write_data)))
            await ctx.tick()

        for number, active in enumerate(hidden):
            layer = number % len(layout.network.hidden)
            ctx.set(unit.restart, 1)
            await cycle()
            ctx.set(unit.restart, 0)
            written.clear()
            assert ctx.get(unit.ready_chunks) == 0
            for row, bit in enumerate(active):
                while random.random() < 0.3:
                    await cycle()
                ctx.set(unit.layer, layer)
                ctx.set(unit.active, int(bit))
                ctx.set(unit.final, row == len(active) - 1)
                ctx.set(unit.valid, 1)
                await cycle()
                ctx.set(unit.valid, 0)
                assert ctx.get(unit.ready_chunks) == len(written)
            await cycle()
            base = layout.layers[layer + 1].source_base
            chunks = unit.model(active)
            assert written == [(base + index, number_of(bits)) for index, bits in enumerate(chunks)]
            assert ctx.get(unit.ready_chunks) == len(chunks) == layout.layers[layer + 1].chunks
            await pause(ctx, random)

    simulate(unit, bench, cycles=4000)
