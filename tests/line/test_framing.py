import random

import pytest
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.line.deframer import Deframer
from bep_hw.line.framer import Framer
from bep_hw.line.framing import CRC, ESCAPE, FLAG, FrameReader, frame
from tests.link.streams import receive, send

BYTE = st.one_of(st.sampled_from([FLAG, ESCAPE, FLAG ^ 0x20, ESCAPE ^ 0x20]), st.integers(0, 255))
BODIES = st.lists(st.lists(BYTE, min_size=1, max_size=6).map(bytes), min_size=1, max_size=4)


def simulate(unit, *benches):
    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    for bench in benches:
        simulator.add_testbench(bench)
    simulator.run()


def deframe(line: bytes, items: int, seed: int = 0):
    unit, got = Deframer(), []

    async def drive(ctx):
        await send(ctx, unit.bytes, list(line), random.Random(seed))

    async def take(ctx):
        got.extend(await receive(ctx, unit.items, items, random.Random(seed + 1)))

    simulate(unit, drive, take)
    return got


@settings(max_examples=25, deadline=None)
@given(BODIES, st.integers(0, 99))
def test_the_framer_writes_the_models_frames_under_any_stall(bodies, seed):
    unit, line, got = Framer(), b"".join(map(frame, bodies)), []

    async def drive(ctx):
        values = [{"byte": byte, "last": n == len(body)} for body in bodies for n, byte in enumerate(body, start=1)]
        await send(ctx, unit.body, values, random.Random(seed))

    async def take(ctx):
        got.extend(await receive(ctx, unit.bytes, len(line), random.Random(seed + 1)))

    simulate(unit, drive, take)
    assert bytes(got) == line


@settings(max_examples=25, deadline=None)
@given(BODIES, st.integers(0, 99))
def test_the_deframer_reads_the_models_frames_under_any_stall(bodies, seed):
    bits = [8 * (len(body) + 2) for body in bodies]
    items = deframe(b"".join(map(frame, bodies)), sum(bits) + len(bits), seed)
    for body, count in zip(bodies, bits, strict=True):
        content, end, items = items[:count], items[count], items[count + 1 :]
        assert sum(item.bit << n for n, item in enumerate(content[:-16])) == int.from_bytes(body, "little")
        assert not any(item.end for item in content)
        assert (end.end, end.good) == (1, 1)


def test_a_flipped_bit_a_short_frame_and_one_that_is_broken_off_end_badly_and_the_next_one_well():
    good = frame(b"\x01\x02")
    assert list(FrameReader().bodies(good[:-1] + b"\0" + good[-1:])) == [], "a zero more is a damage"
    line = bytes([*good[:2], good[2] ^ 8, *good[3:], FLAG, 5, FLAG, 9, ESCAPE, FLAG, FLAG, FLAG]) + good
    ends = [item.good for item in deframe(line, 8 * (4 + 1 + 1 + 4) + 4) if item.end]
    assert ends == [0, 0, 0, 1]


def test_an_escape_too_many_is_a_damage():
    line = frame(bytes([FLAG]))
    assert line[1] == ESCAPE
    line = line[:1] + line[1:2] + line[1:]
    assert [item.good for item in deframe(line, 8 * 4 + 1) if item.end] == [0]
    assert list(FrameReader().bodies(line)) == []


@pytest.mark.parametrize(
    "line", [frame(bytes([ESCAPE]))[:2] + frame(bytes([ESCAPE]))[3:], frame(b"\1")[:-1] + b"\x7d\x7e"]
)
def test_an_escape_without_its_byte_is_a_damage(line):
    assert list(FrameReader().bodies(line)) == []
    bits = 8 * len(line.strip(b"\x7e").replace(b"\x7d", b""))
    assert [item.good for item in deframe(line, bits + 1) if item.end] == [0]


@given(BODIES, st.data())
def test_the_reader_finds_every_frame_however_the_bytes_come_and_counts_what_is_none(bodies, draw):
    line = b"".join(bytes([FLAG, 0xAA]) + frame(body) for body in bodies)
    cut = draw.draw(st.integers(0, len(line)))
    reader = FrameReader()
    assert [*reader.bodies(line[:cut]), *reader.bodies(line[cut:])] == bodies
    assert reader.damaged == len(bodies)


@given(st.binary(max_size=40))
def test_host_and_gateware_compute_the_same_check_sum(body):
    unstuffed = frame(body)[1:-1].replace(b"\x7d\x5e", b"\x7e").replace(b"\x7d\x5d", b"\x7d")
    assert int.from_bytes(unstuffed[-2:], "little") == CRC(data_width=8).compute(body)
