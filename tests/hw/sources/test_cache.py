"""The cache between a host and a trainer that both take their time: every sample once, in its order."""

import random as stalls

import numpy as np
import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.interfaces.weights import GroupAccess
from bep_hw.parts.share import share_access
from bep_hw.plan.images import pack_records, pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.sources.epochs import Epochs
from bep_hw.sources.records import RecordReader
from bep_ref import Machine, Network
from bep_ref.config import ConfigError
from bep_ref.runs.shuffle import order
from tests.hw.drive import simulate
from tests.link.streams import send

LAYOUT = Layout(Network(7, (4,), 3, counter_bits=3), Machine(lanes=4, update_lanes=2, slots=2, cache_samples=257))
COUNT, BATCH, KEY = 250, 60, 0x12345678


class SampleCache(wiring.Component):
    """Epochs from records in the hidden plane, as a trainer has them: ``access`` is that to the plane."""

    def __init__(self):
        self.epochs, self.records = Epochs(LAYOUT), RecordReader(LAYOUT)
        super().__init__({"host": In(GroupAccess(LAYOUT)), "access": Out(GroupAccess(LAYOUT))})

    def elaborate(self, platform):
        m = Module()
        m.submodules.epochs, m.submodules.records = self.epochs, self.records
        wiring.connect(m, self.epochs.source, self.records.source)
        share_access(m, self.access, self.host, self.records.access, self.epochs.taken)
        return m


class World:
    """Memory, trainer and host around the cache; ``learned`` are samples (chunks, label, train, last)."""

    def __init__(self, cache, seed):
        self.cache, self.unit = cache, cache.epochs
        self.random, self.done = stalls.Random(seed), False
        numbers = np.random.default_rng(seed)
        self.x, self.y = numbers.choice([-1, 1], (COUNT, 7)), numbers.integers(0, 3, COUNT)
        self.image = pack_records(LAYOUT, self.x, self.y)
        self.learned, self.correct, self.results = [], 0, []

    async def memory(self, ctx):
        access = self.cache.access
        while not self.done:
            _, _, read, address = await ctx.tick().sample(access.read, access.address)
            if read and self.random.random() < 0.5:
                ctx.set(access.result, self.image[address])
                ctx.set(access.done, 1)
                await ctx.tick()
                ctx.set(access.done, 0)

    async def trainer(self, ctx):
        unit, chunks, flying, slot, predicted = self.unit, [], [], 0, None
        while not self.done:
            room = chunks or len(flying) < LAYOUT.machine.slots
            ready = bool(room) and self.random.random() < 0.6
            ctx.set(unit.trainer.samples.ready, ready)
            if predicted is None and flying and self.random.random() < 0.1:
                predicted = self.random.randrange(3)
                ctx.set(unit.trainer.results.payload.prediction, predicted)
            ctx.set(unit.trainer.results.valid, predicted is not None)
            ctx.set(unit.idle, not chunks and not flying)
            beats, decided = unit.trainer.samples, unit.trainer.results
            _, _, valid, beat, taken, accepted = await ctx.tick().sample(
                beats.valid, beats.payload, unit.taken, decided.ready
            )
            if predicted is not None and accepted:
                label, cached = flying.pop(0)
                self.correct += cached and label == predicted
                predicted = None
            if ready and valid:
                if not chunks:
                    ctx.set(unit.headers[slot].label, beat.label)
                    slot = (slot + 1) % LAYOUT.machine.slots
                chunks.append(beat.chunk)
                if len(chunks) == LAYOUT.layers[0].chunks:
                    self.learned.append((tuple(chunks), beat.label, beat.train, beat.last))
                    flying.append((beat.label, taken))
                    chunks = []

    async def host(self, ctx):
        """Asks now and then, and classifies a sample of its own: label 2, chunks 3, 2, 1, 0."""
        unit = self.unit
        ctx.set(unit.host.results.ready, 1)
        while ctx.get(unit.controls.epochs):
            for _ in range(self.random.randrange(300)):
                await ctx.tick()
            if self.random.random() < 0.5:
                ctx.set(unit.waiting, 1)
                await ctx.tick().until(~unit.taken & unit.idle)
                ctx.set(unit.waiting, 0)
            else:
                beats = [{"chunk": chunk, "label": 2, "train": 0, "last": 0} for chunk in (3, 2, 1, 0)]
                await send(ctx, unit.host.samples, beats, self.random)
                (result,) = await ctx.tick().sample(unit.host.results.payload).until(unit.host.results.valid)
                self.results.append(result.prediction)
        self.done = True


def test_an_epoch_beside_a_host_that_asks_and_classifies():
    cache = SampleCache()
    world, unit = World(cache, seed=3), cache.epochs

    async def drive(ctx):
        controls = unit.controls
        for name, value in (("samples", COUNT), ("batch", BATCH)):
            ctx.set(getattr(controls, name), value)
        for name, value in (("key", KEY), ("epochs", 1)):
            ctx.set(controls.data, value)
            ctx.set(getattr(controls, f"{name}_write"), 1)
            await ctx.tick()
            ctx.set(getattr(controls, f"{name}_write"), 0)
        await world.host(ctx)

    async def read(ctx):
        await ctx.tick().repeat(3)
        while not world.done:
            await ctx.tick()
        assert ctx.get(unit.controls.correct) == world.correct

    simulate(cache, drive, read, world.memory, world.trainer, cycles=80_000)
    own = ((3, 2, 1, 0), 2, 0, 0)
    cached = [sample for sample in world.learned if sample[2]]
    assert world.learned.count(own) == len(world.learned) - len(cached) == len(world.results) > 3
    beats = pack_samples(LAYOUT, world.x)
    assert cached == [
        (tuple(int(chunk) for chunk in beats[index]), int(world.y[index]), 1, int(place % BATCH == 0 or place == COUNT))
        for place, index in enumerate(order(KEY, 9, COUNT), start=1)
    ]


def test_a_cache_that_the_single_port_memories_have_no_room_for_is_refused():
    network = Network(192, (128, 128), 10)
    machine = {"lanes": 96, "update_lanes": 4, "spram": True}
    assert Layout(network, Machine(**machine, cache_samples=1347)).bank_size == 5120 + 1347 * 8 // 2
    with pytest.raises(ConfigError, match=r"^cache_samples: 2817 is out of range; .* the SPRAM has room for 2816$"):
        Layout(network, Machine(**machine, cache_samples=2817))
