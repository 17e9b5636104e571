import random
from collections import Counter

import numpy as np
import pytest
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_boards.chips.ice40 import UP5K
from bep_boards.flow.out_of_context import synthesise_component
from bep_hw.line.framing import FrameReader, frame
from bep_hw.link.bridge import Bridge
from bep_hw.link.codec import Codec, Done, Refused, Result, decode, hello
from bep_hw.link.opcodes import HISTORY, Reason, history
from bep_hw.plan.ports import Space, label_bits
from bep_ref.config import Machine, Network
from tests.link.streams import send

SHAPES = [
    (Network(13, (8,), 3, 5), Machine(4, 4)),
    (Network(16, (8, 6), 10, 8), Machine(7, 7)),
    (Network(20, (8,), 2, 16), Machine(12, 12)),
    (Network(4, (4, 4), 256, 2), Machine(4, 4)),  # a sample is a single beat
    (Network(13, (8,), 3, 5), Machine(4, 4, receive_buffer=False)),  # only the last frame may be repeated
]


class Ports:
    """What stands behind a bridge: answers at its leisure, and keeps a diary of what was carried out."""

    def __init__(self, bridge: Bridge, seed: int) -> None:
        self.bridge, self.diary, self.classes = bridge, [], bridge.network.classes
        self.seeds = iter(range(seed, seed + 100))
        self.beats = -(-bridge.network.inputs // bridge.machine.update_lanes)
        self.decided = []

    def result(self, label: int, beats: list[int]) -> Result:
        """Made of everything that was received, so that a wrong beat shows."""
        return Result((label + sum(beats)) % self.classes, bool(sum(beats) & 1))

    async def sample_port(self, ctx):
        stalls, loaded = random.Random(next(self.seeds)), []
        samples = self.bridge.samples
        while True:
            ready = stalls.random() < 0.7
            ctx.set(samples.ready, ready)
            *_, valid, beat = await ctx.tick().sample(samples.valid, samples.payload)
            if valid and ready and beat.drop:
                loaded.clear()
            elif valid and ready:
                loaded.append(beat.chunk)
                if len(loaded) == self.beats:
                    self.diary.append(("sample", beat.label, beat.train, beat.last, tuple(loaded)))
                    self.decided.append(self.result(beat.label, loaded))
                    loaded = []

    async def result_port(self, ctx):
        stalls = random.Random(next(self.seeds))
        while True:
            await ctx.tick()
            if self.decided:
                result = self.decided.pop(0)
                value = {"prediction": result.prediction, "triggered": result.triggered}
                await send(ctx, self.bridge.results, [value], stalls)

    async def request_port(self, ctx):
        """The request stays as it is until its reply is taken."""
        stalls, (requests, replies) = random.Random(next(self.seeds)), (self.bridge.requests, self.bridge.replies)
        while True:
            await ctx.tick()
            if ctx.get(requests.valid) and not self.decided:
                request = ctx.get(requests.payload)
                if request.write:
                    self.diary.append(("write", request.space, request.address, request.data))
                await send(ctx, replies, [0 if request.write else request.address], stalls)
                ctx.set(requests.ready, 1)
                await ctx.tick()
                ctx.set(requests.ready, 0)

    async def reset_port(self, ctx):
        while True:
            *_, reset = await ctx.tick().sample(self.bridge.reset)
            if reset:
                self.diary.append(("reset",))


class Expectation:
    """What the link must carry out and answer: the specification in plain terms."""

    def __init__(self, ports: Ports, codec: Codec) -> None:
        self.ports, self.codec = ports, codec
        self.expected, self.results = 0, {}
        self.diary, self.replies = [], []

    def refused(self, reason: Reason) -> None:
        self.replies.append(Refused(reason))

    def arrives(self, sequence: int, command) -> None:
        kind, *rest = command
        fresh = sequence == self.expected or kind == "hello"
        age = (self.expected - 1 - sequence) % 256
        if not fresh and age >= history(self.ports.bridge.machine):
            self.refused(Reason.ORDER)
            return
        if fresh:
            self.expected = (sequence + 1) % 256
            if kind == "sample":
                label, _, _, beats = rest
                self.results[sequence] = self.ports.result(label, beats)
            if kind in ("sample", "write", "reset"):
                self.diary.append(command)
        done = Done(rest[1]) if kind in ("read", "hello") else Done()
        self.replies.append((sequence, self.results[sequence] if kind == "sample" else done))


@st.composite
def commands(draw, network: Network, machine: Machine, codec: Codec):
    """A command as the diary would have it, and as bytes."""
    kind = draw(st.sampled_from(["sample"] * 3 + ["read", "write", "reset", "hello"]))
    where = draw(st.integers(0, 2**24 - 1))
    if kind == "sample":
        numbers = np.random.default_rng(draw(st.integers(0, 999)))
        x, label = numbers.choice([-1, 1], network.inputs), int(numbers.integers(network.classes))
        train, last = draw(st.booleans()), draw(st.booleans())
        lanes = machine.update_lanes
        bits = np.concatenate([x > 0, np.ones(-len(x) % lanes, dtype=bool)]).reshape(-1, lanes)
        beats = tuple(int(sum(1 << lane for lane in np.flatnonzero(row))) for row in bits)
        return ("sample", label, train, last, beats), codec.samples([x], [label], train, last)[0]
    if kind == "reset":
        return ("reset",), codec.reset()
    if kind == "hello":
        return ("hello", Space.REGISTERS, where), hello(where)
    space = draw(st.sampled_from(Space))
    if kind == "read":
        return ("read", space, where), codec.read(space, where)
    data = draw(st.integers(0, 2**32 - 1))
    return ("write", space, where, data), codec.write(space, where, data)


def play(bridge: Bridge, ports: Ports, line: bytes, replies: int, seed: int):
    """Send ``line``; everything that came back by the time that ``replies`` frames and a while have passed."""
    reader, got = FrameReader(), []

    async def host(ctx):
        await send(ctx, bridge.received, list(line), random.Random(seed))

    async def take(ctx):
        waited = 0
        ctx.set(bridge.sent.ready, 1)
        while waited < (100 if len(got) >= replies else 2000):
            *_, valid, byte = await ctx.tick().sample(bridge.sent.valid, bridge.sent.payload)
            waited = 0 if valid else waited + 1
            if valid:
                got.extend(decode(body) for body in reader.bodies(bytes([byte])))

    simulator = Simulator(bridge)
    simulator.add_clock(1e-6)
    for bench in (ports.sample_port, ports.result_port, ports.request_port, ports.reset_port):
        simulator.add_testbench(bench, background=True)
    simulator.add_testbench(host)
    simulator.add_testbench(take)
    simulator.run()
    assert reader.damaged == 0
    return got


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SHAPES), st.data())
def test_whatever_arrives_only_whole_frames_in_order_act_and_each_acts_once(shape, data):
    network, machine = shape
    codec, bridge, seed = Codec(network, machine), Bridge(network, machine), data.draw(st.integers(0, 999))
    ports = Ports(bridge, seed)
    expectation, line, past = Expectation(ports, codec), b"", []
    for _ in range(data.draw(st.integers(1, 6))):
        command, body = data.draw(commands(network, machine, codec))
        sequence = expectation.expected
        sent = frame(bytes([sequence]) + body)
        match data.draw(st.sampled_from(["whole"] * 4 + ["again", "astray", "flipped", "cut", "long", "unknown"])):
            case "whole":
                past = [] if command[0] == "hello" else past
                past = [*past, (sequence, command, sent)][-history(machine) :]
                expectation.arrives(sequence, command)
            case "again" if past:
                sequence, command, sent = data.draw(st.sampled_from(past))
                expectation.arrives(sequence, command)
            case "astray" if command[0] != "hello":
                sequence = (sequence + data.draw(st.integers(1, 255 - HISTORY))) % 256
                sent = frame(bytes([sequence]) + body)
                expectation.arrives(sequence, command)
            case "flipped":
                # not into or out of a flag or an escape: those are other faults
                place = data.draw(st.integers(1, len(sent) - 2))
                damaged = sent[place] ^ 0x80
                sent = sent[:place] + bytes([damaged]) + sent[place + 1 :] if sent[place] not in (0x7D, 0x7E) else b""
                if sent and damaged in (0x7D, 0x7E):
                    sent = b""
                if sent:
                    expectation.refused(Reason.DAMAGED)
            case "cut":
                sent = sent[: data.draw(st.integers(2, len(sent) - 2))]
                expectation.refused(Reason.DAMAGED)
            case "long":
                sent = frame(bytes([sequence]) + body + bytes(data.draw(st.integers(1, 3))))
                expectation.refused(Reason.MALFORMED)
            case "unknown":
                sent = frame(bytes([sequence, 0x60]))
                expectation.refused(Reason.MALFORMED)
            case _:
                continue
        line += sent
    line += b"\x7e"  # ends a last frame that was cut
    got = play(bridge, ports, line, len(expectation.replies), seed)
    assert ports.diary == expectation.diary
    # the sequence number of an error may be damaged itself
    assert Counter(r if isinstance(r, Refused) else (s, r) for s, r in got) == Counter(expectation.replies)


def test_the_bridge_is_small():
    network, machine = Network(784, (96, 96), 10), Machine(200, 4, 96, spram=True)
    assert label_bits(network) == 4
    resources = synthesise_component(Bridge(network, machine), UP5K).resources
    assert resources.block_rams == {"SB_RAM40_4K": 1}
    assert resources.lut4 < 520


def test_a_bodys_opcode_and_length_must_be_those_of_a_reply():
    assert decode(b"\x05\x11\x02") == (5, Result(2, True))
    assert decode(b"\x05\x20\x01\x02\x00\x00") == (5, Done(0x201))
    assert decode(b"\x05\xf2") == (5, Refused(Reason.ORDER))
    for body in (b"", b"\x05", b"\x05\x11", b"\x05\x20", b"\x05\x30\x01", b"\x05\xf7", b"\x05\x70"):
        assert decode(body) is None


@pytest.mark.parametrize("count", [0, 3])
def test_the_last_sample_of_a_batch_ends_it(count):
    codec = Codec(Network(4, (4,), 2), Machine(4, 4))
    bodies = codec.samples(np.ones((count, 4)), np.zeros(count, int), last=True)
    assert [body[0] for body in bodies] == [0x11, 0x11, 0x13][:count]
