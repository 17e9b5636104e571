import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bep_hw.fetch import InputFetch
from bep_hw.program import compile_program
from tests.hw.drive import layouts, number_of, pause, simulate, simulated

COUNT = 5


def chunks_of(bits, width):
    """Chunks of a layer's bits as numbers, ones behind the last bit."""
    padded = np.ones(-(-len(bits) // width) * width, dtype=int)
    padded[: len(bits)] = bits
    return [number_of(chunk) for chunk in padded.reshape(-1, width)]


class Surroundings:
    """The sample memory, a loader and an activation writer that put chunks into it at random times."""

    def __init__(self, unit, samples, random):
        self.unit, self.layout, self.random = unit, unit.layout, random
        self.memory = [0] * (self.layout.machine.slots * self.layout.slot_chunks)
        width = self.layout.machine.update_lanes
        self.chunks = [[chunks_of(bits, width) for bits in layers] for layers in samples]
        self.begun = self.loaded = self.freed = 0
        self.sample = self.layer = self.ready = 0  # of the activations being written

    def _store(self, sample, layer, index):
        base = sample % self.layout.machine.slots * self.layout.slot_chunks
        self.memory[base + self.layout.layers[layer].source_base + index] = self.chunks[sample][layer][index]

    def new_layer(self, ctx, sample, layer):
        """The last forward pass of ``layer`` begins, in place of whatever was written before."""
        self.sample, self.layer, self.ready = sample, layer + 1, 0
        ctx.set(self.unit.ready_chunks, 0)

    async def run(self, ctx):
        machine = self.layout.machine
        while self.freed < len(self.chunks):
            _, _, address = await ctx.tick().sample(self.unit.address)
            ctx.set(self.unit.data, self.memory[address])
            complete = not self.begun or self.loaded == self.layout.layers[0].chunks
            if self.random.random() < 0.6:
                if not complete:
                    self._store(self.begun - 1, 0, self.loaded)
                    self.loaded += 1
                elif self.begun < len(self.chunks) and self.begun - self.freed < machine.slots:
                    self._store(self.begun, 0, 0)
                    self.begun, self.loaded = self.begun + 1, 1
                ctx.set(self.unit.begun, self.begun % (2 * machine.slots))
                ctx.set(self.unit.loaded, self.loaded)
            elif 0 < self.layer < len(self.layout.layers) and self.ready < self.layout.layers[self.layer].chunks:
                self._store(self.sample, self.layer, self.ready)
                self.ready += 1
                ctx.set(self.unit.ready_chunks, self.ready)


@given(layouts(most_inputs=40, most_neurons=12), st.integers(0, 2**32 - 1))
@simulated(25)
def test_words_of_every_pass_come_in_order_as_soon_as_their_chunks_exist(layout, seed):
    unit = InputFetch(layout, compile_program(layout))
    random = np.random.default_rng(seed)
    samples = [[random.integers(0, 2, place.fan_in) for place in layout.layers] for _ in range(COUNT)]
    around = Surroundings(unit, samples, random)

    async def consume(ctx):
        word = ctx.get(unit.word)
        for number, inputs in enumerate(samples):
            for item, wanted in zip(unit.passes, unit.model(inputs), strict=True):
                while not ctx.get(unit.full):
                    await ctx.tick()
                await pause(ctx, random)
                ctx.set(unit.take, 1)
                await ctx.tick()
                ctx.set(unit.take, 0)
                await pause(ctx, random)
                assert not ctx.get(unit.full), "a word is taken once"
                assert ctx.get(unit.word) == word, "the current word stays until the swap"
                ctx.set(unit.swap, 1)
                await ctx.tick()
                ctx.set(unit.swap, 0)
                if item.last:
                    around.new_layer(ctx, number, item.layer)
                word = ctx.get(unit.word)
                assert word == number_of(wanted)
            around.freed += 1

    simulate(unit, consume, around.run, cycles=20_000)
