"""The parts of a window network beside their models."""

import numpy as np
import pytest

from bep_hw.plan.images import pack_samples
from bep_hw.windows.image import ImageMemory
from bep_hw.windows.images import pack_counters, pack_visible, unpack_counters
from bep_hw.windows.pairs import PairWalk
from bep_hw.windows.places import Places
from bep_hw.windows.sequencer import WindowSequencer
from bep_hw.windows.units import bounds
from tests.hw.drive import simulate
from tests.hw.windows.small import GEOMETRIES, golden, layout, samples


@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("spram", [False, True])
def test_counters_and_weights_survive_packing(name, spram):
    place = layout(name, spram=spram)
    net = golden(place)
    image = pack_counters(place, net.counters)
    assert sorted(image) == list(range(place.hidden_groups))
    assert np.array_equal(unpack_counters(place, image), net.counters)
    assert len(pack_visible(place, net.weights)) == place.plane_depth * place.columns_per_word


@pytest.mark.parametrize("name", GEOMETRIES)
def test_any_position_is_read_from_both_banks(name):
    place = layout(name)
    memory = ImageMemory(place)
    (sample,), _ = samples(place, 1)
    random = np.random.default_rng(3)
    rows, columns, _ = place.geometry.shape
    positions = random.integers(0, rows * columns - place.taken + 1, 30).tolist()
    wanted = memory.model(sample > 0, positions)
    slot = place.machine.slots - 1

    async def bench(ctx):
        for beat, value in enumerate(pack_samples(place, sample[None])[0]):
            ctx.set(memory.write, 1)
            ctx.set(memory.write_slot, slot)
            ctx.set(memory.write_beat, beat)
            ctx.set(memory.write_data, int(value))
            await ctx.tick()
        ctx.set(memory.write, 0)
        for position, expected in zip(positions, wanted, strict=True):
            ctx.set(memory.slot, slot)
            ctx.set(memory.position, position)
            await ctx.tick().repeat(memory.DELAY)
            assert ctx.get(memory.bits) == sum(int(bit) << number for number, bit in enumerate(expected))

    simulate(memory, bench, cycles=1000)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_places_come_in_order(name):
    places = Places(layout(name))
    wanted = places.model()

    async def bench(ctx):
        for number, (corner, word) in enumerate(wanted * 2):
            assert (ctx.get(places.corner), ctx.get(places.word)) == (corner, word)
            assert ctx.get(places.last) == (number % len(wanted) == len(wanted) - 1)
            ctx.set(places.step, 1)
            await ctx.tick()

    simulate(places, bench, cycles=500)


@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("offsets", [False, True])
def test_pairs_come_in_order(name, offsets):
    walk = PairWalk(layout(name, offsets=(0.1, 0.3)), offsets)
    wanted = walk.model()

    async def bench(ctx):
        for number, expected in enumerate(wanted * 2):
            pair = ctx.get(walk.pair)
            assert (pair.number, pair.row, pair.word, pair.address, pair.offset) == expected
            assert ctx.get(walk.ends) == (number % len(wanted) == len(wanted) - 1)
            ctx.set(walk.step, 1)
            await ctx.tick()

    simulate(walk, bench, cycles=5000)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_words_are_issued_without_a_pause(name):
    sequencer = WindowSequencer(layout(name))
    wanted = sequencer.model() * 2

    async def bench(ctx):
        ctx.set(sequencer.available, 1)
        ctx.set(sequencer.full, 1)
        await ctx.tick()
        for address, pooled in wanted:
            assert ctx.get(sequencer.valid)
            assert (ctx.get(sequencer.address), ctx.get(sequencer.pooled)) == (address, pooled)
            await ctx.tick()

    simulate(sequencer, bench, cycles=5000)


@pytest.mark.parametrize("fan_in", [5, 18, 98])
@pytest.mark.parametrize("gate", [0.0, 0.06, 0.1, 1.0])
def test_bounds_are_the_golden_models_thresholds(fan_in, gate):
    thresholds = (-fan_in, -3, 0, 2, fan_in // 3, fan_in)
    agree = np.arange(fan_in + 1)
    for threshold, limit in zip(thresholds, bounds(fan_in, thresholds, gate), strict=True):
        z = 2 * agree - fan_in - threshold
        assert np.array_equal(agree >= limit["active"], z >= 0)
        assert np.array_equal((agree >= limit["low"]) & (agree <= limit["high"]), np.abs(z) <= int(gate * fan_in))
