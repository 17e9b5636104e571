import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.array.fetch import InputFetch
from bep_hw.array.interleave import compile_program
from tests.hw.drive import layouts, number_of, pause, simulate, simulated

COUNT = 11


def chunks_of(bits, width):
    """Chunks of a sample's bits as numbers, ones behind the last bit."""
    padded = np.ones(-(-len(bits) // width) * width, dtype=int)
    padded[: len(bits)] = bits
    return [number_of(chunk) for chunk in padded.reshape(-1, width)]


class Loader:
    """The sample memory, and a loader that fills its slots at random times, as soon as they are free."""

    def __init__(self, unit, samples, random, chance):
        """``chance`` of a chunk in a cycle."""
        self.unit, self.layout, self.random, self.chance = unit, unit.layout, random, chance
        self.memory = [0] * (self.layout.machine.slots * self.layout.input_chunks)
        self.samples = [chunks_of(bits, self.layout.machine.update_lanes) for bits in samples]
        self.complete = self.loaded = self.freed = 0

    async def run(self, ctx):
        slots = self.layout.machine.slots
        while self.freed < len(self.samples):
            _, _, address = await ctx.tick().sample(self.unit.read.address)
            ctx.set(self.unit.read.data, self.memory[address])
            free = self.complete < len(self.samples) and self.complete - self.freed < slots
            if free and self.random.random() < self.chance:
                sample = self.samples[self.complete]
                self.memory[self.complete % slots * self.layout.input_chunks + self.loaded] = sample[self.loaded]
                self.loaded += 1
                if self.loaded == len(sample):
                    self.complete, self.loaded = self.complete + 1, 0
                    ctx.set(self.unit.complete, self.complete % (2 * slots))


@given(layouts(most_inputs=40, most_neurons=12), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 1.0]))
@simulated(25)
def test_words_of_every_sample_come_in_order_as_soon_as_it_is_complete(layout, seed, chance):
    unit = InputFetch(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    samples = [random.integers(0, 2, layout.network.inputs) for _ in range(COUNT)]
    loader = Loader(unit, samples, random, chance)

    async def consume(ctx):
        for number, bits in enumerate(samples):
            for item, wanted in zip(unit.passes, unit.model(bits), strict=True):
                waited = 0
                while not ctx.get(unit.full):
                    waited += loader.complete > number
                    await ctx.tick()
                assert loader.complete > number, "a sample that is not there"
                assert waited <= item.chunks + 2, "a chunk a cycle"
                assert ctx.get(unit.word) == number_of(wanted)
                await pause(ctx, random)
                assert ctx.get(unit.full), "a full word stays"
                ctx.set(unit.take, 1)
                await ctx.tick()
                ctx.set(unit.take, 0)
                assert not ctx.get(unit.full), "a word is taken once"
                await pause(ctx, random)
                assert not ctx.get(unit.full)
                assert ctx.get(unit.word) == number_of(wanted), "the word stays until the swap"
                ctx.set(unit.swap, 1)
                await ctx.tick()
                ctx.set(unit.swap, 0)
            loader.freed += 1

    simulate(unit, consume, loader.run, cycles=20_000)
