import random

import pytest
from amaranth.hdl import Module
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.line.uart import Receiver, Transmitter, divisor
from bep_ref.config import ConfigError
from tests.link.streams import receive, send
from tests.link.uart_line import line_bits

BYTES = st.binary(min_size=1, max_size=6)
DIVISORS = st.integers(4, 11)


def simulate(unit, *benches):
    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    for bench in benches:
        simulator.add_testbench(bench)
    simulator.run()


@settings(max_examples=15, deadline=None)
@given(BYTES, DIVISORS, st.integers(0, 99))
def test_the_transmitter_draws_the_models_line(data, cycles, seed):
    unit = Transmitter(cycles)
    levels = []

    async def watch(ctx):
        async for *_, tx in ctx.tick().sample(unit.tx):
            levels.append(tx)

    async def drive(ctx):
        await send(ctx, unit.bytes, list(data), random.Random(seed))
        await ctx.tick().repeat(10 * cycles + 1)

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_process(watch)
    simulator.add_testbench(drive)
    simulator.run()

    position, seen = 0, []
    while 0 in levels[position:]:
        position = levels.index(0, position)
        frame = levels[position : position + 10 * cycles]
        assert all(len(set(frame[bit * cycles : (bit + 1) * cycles])) == 1 for bit in range(10))
        seen.append(frame[::cycles])
        position += 10 * cycles
    assert seen == [line_bits(byte) for byte in data]


@settings(max_examples=25, deadline=None)
@given(BYTES, DIVISORS, st.integers(0, 5), st.sampled_from([-0.02, 0, 0.02]), st.data())
def test_the_receiver_reads_the_models_line_at_any_phase_and_two_percent_off(data, cycles, gap, error, draw):
    """The line is drawn in real time, so its edges fall anywhere between clock edges and drift."""
    unit = Receiver(cycles)
    bit_time = cycles * (1 + error)
    phase = draw.draw(st.floats(0, 1))
    levels = [level for byte in data for level in (*line_bits(byte), *[1] * gap)]
    got = []

    async def drive(ctx):
        for cycle in range(int(bit_time * len(levels)) + 4 * cycles):
            index = int((cycle - phase) / bit_time) if cycle > phase else 0
            ctx.set(unit.rx, levels[index] if index < len(levels) and cycle > phase else 1)
            assert not ctx.get(unit.overrun | unit.framing)
            await ctx.tick()

    async def take(ctx):
        got.extend(await receive(ctx, unit.bytes, len(data), random.Random(0)))

    simulate(unit, drive, take)
    assert bytes(got) == data


def test_a_byte_not_taken_in_time_is_reported_and_the_one_before_kept():
    unit = Receiver(4)
    overruns = 0

    async def drive(ctx):
        nonlocal overruns
        for byte in (0x12, 0x34):
            for level in line_bits(byte):
                ctx.set(unit.rx, level)
                for _ in range(4):
                    await ctx.tick()
                    overruns += ctx.get(unit.overrun)
        for _ in range(8):
            await ctx.tick()
            overruns += ctx.get(unit.overrun)
        assert ctx.get(unit.bytes.valid) == 1
        assert ctx.get(unit.bytes.payload) == 0x12

    simulate(unit, drive)
    assert overruns == 1


def test_a_glitch_is_no_byte_and_a_missing_stop_bit_drops_its_byte_alone():
    unit = Receiver(8)
    framing, got = 0, []

    async def drive(ctx):
        nonlocal framing
        broken = [*line_bits(0x00)[:9], 0]
        line = [1] * 8 + [0] * 2 + [1] * 16
        line += [level for level in (*broken, 0, 0, 1, *line_bits(0xA5), 1, 1) for _ in range(8)]
        ctx.set(unit.bytes.ready, 1)
        for level in line:
            ctx.set(unit.rx, level)
            *_, valid, byte, error = await ctx.tick().sample(unit.bytes.valid, unit.bytes.payload, unit.framing)
            framing += error
            if valid:
                got.append(byte)

    simulate(unit, drive)
    assert (framing, got) == (1, [0xA5])


class Loop(Transmitter):
    """A transmitter whose line ends in a receiver."""

    def __init__(self, cycles):
        super().__init__(cycles)
        self.receiver = Receiver(cycles)

    def elaborate(self, platform):
        m = Module()
        m.submodules.transmitter = super().elaborate(platform)
        m.submodules.receiver = self.receiver
        m.d.comb += self.receiver.rx.eq(self.tx)
        return m


def test_every_byte_survives_the_loop_back_to_back():
    loop = Loop(4)
    got = []

    async def drive(ctx):
        for byte in range(256):
            ctx.set(loop.bytes.payload, byte)
            ctx.set(loop.bytes.valid, 1)
            await ctx.tick().until(loop.bytes.ready)
        ctx.set(loop.bytes.valid, 0)

    async def take(ctx):
        got.extend(await receive(ctx, loop.receiver.bytes, 256, random.Random(1)))

    simulate(loop, drive, take)
    assert got == list(range(256))


def test_divisors_are_checked():
    assert divisor(12e6, 3_000_000) == 4
    assert divisor(25e6, 1_000_000) == 25
    assert divisor(48e6, 115_200) == 417
    with pytest.raises(ConfigError, match=r"^baud: 4000000 is too fast for a clock of 12 MHz"):
        divisor(12e6, 4_000_000)
    with pytest.raises(ConfigError, match=r"^baud: 3000000 cannot be made from a clock of 25 MHz within 2%$"):
        divisor(25e6, 3_000_000)
