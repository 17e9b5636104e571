import random

import numpy as np
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.link.bridge import Bridge
from bep_hw.link.codec import Codec, Reply, Result, Unknown
from bep_hw.link.opcodes import window
from bep_hw.ports import Space, data_bits, label_bits
from bep_hw.registers import IDENTITY, address, reinforcement_settings
from bep_hw.registers import settings as register_settings
from bep_hw.trainer import Trainer
from bep_ref import BinaryMlp
from bep_ref.config import Machine, Network
from boards.device import UP5K
from boards.out_of_context import synthesise_component
from tests.link.streams import receive, send

SHAPES = st.sampled_from(
    [
        (Network(13, (8,), 3, 5), Machine(4, 4)),
        (Network(16, (8, 6), 10, 8), Machine(7, 7)),
        (Network(20, (8,), 2, 16), Machine(12, 12)),
        (Network(9, (4, 4), 256, 2), Machine(8, 1)),
    ]
)


@settings(max_examples=15, deadline=None)
@given(SHAPES, st.integers(0, 999), st.data())
def test_commands_reach_the_ports_and_answers_come_back_under_any_stall(shape, seed, draw):
    network, machine = shape
    codec = Codec(network, machine)
    bridge = Bridge(network, machine)
    numbers = np.random.default_rng(seed)
    words = st.integers(0, 2 ** data_bits(network, machine) - 1)

    samples = [
        (numbers.choice([-1, 1], network.inputs), int(numbers.integers(network.classes)), bool(a), bool(b))
        for a, b in numbers.integers(0, 2, (2, 2))
    ]
    requests = draw.draw(
        st.lists(st.tuples(st.sampled_from(Space), st.booleans(), st.integers(0, 2**24 - 1), words), max_size=4)
    )
    answers = [0 if write else draw.draw(words) for _, write, _, _ in requests]
    results = [(int(numbers.integers(network.classes)), int(numbers.integers(2))) for _ in samples]

    sent = b"".join(codec.sample(x, label, train, last) for x, label, train, last in samples) + b"".join(
        codec.write(space, place, data) if write else codec.read(space, place) for space, write, place, data in requests
    )
    chunk, beats = machine.update_lanes, -(-network.inputs // machine.update_lanes)
    got = {"beats": [], "requests": [], "bytes": []}

    async def host(ctx):
        await send(ctx, bridge.received, list(sent), random.Random(seed))

    async def sample_port(ctx):
        got["beats"] += await receive(ctx, bridge.samples, beats * len(samples), random.Random(seed + 1))

    async def request_port(ctx):
        got["requests"] += await receive(ctx, bridge.requests, len(requests), random.Random(seed + 2))

    async def result_port(ctx):
        values = [{"prediction": prediction, "triggered": triggered} for prediction, triggered in results]
        await send(ctx, bridge.results, values, random.Random(seed + 3))

    async def reply_port(ctx):
        for answered, answer in enumerate(answers, start=1):
            while len(got["requests"]) < answered and not ctx.get(bridge.requests.valid & bridge.requests.ready):
                await ctx.tick()
            await send(ctx, bridge.replies, [answer], random.Random(seed + 4))

    async def line(ctx):
        expected = 2 * len(results) + sum(1 if write else 1 + codec.data_bytes for _, write, _, _ in requests)
        got["bytes"] += await receive(ctx, bridge.sent, expected, random.Random(seed + 5))

    simulator = Simulator(bridge)
    simulator.add_clock(1e-6)
    for bench in (host, sample_port, request_port, result_port, reply_port, line):
        simulator.add_testbench(bench)
    simulator.run()

    for index, (x, label, train, last) in enumerate(samples):
        bits = np.concatenate([x > 0, np.ones(beats * chunk - len(x), dtype=bool)]).reshape(beats, chunk)
        for beat, row in zip(got["beats"][index * beats :], bits, strict=False):
            assert beat.chunk == sum(int(bit) << lane for lane, bit in enumerate(row))
            assert (beat.label, beat.train, beat.last) == (label, train, last)
    assert [(r.space, r.write, r.address) for r in got["requests"]] == [(s, w, a) for s, w, a, _ in requests]
    assert [r.data for r in got["requests"] if r.write] == [data for _, write, _, data in requests if write]

    received = bytearray(got["bytes"])
    replies = list(codec.replies(received))
    assert not received
    assert [r for r in replies if isinstance(r, Result)] == [Result(p, bool(t)) for p, t in results]
    assert [r for r in replies if isinstance(r, Reply)] == [
        Reply(space, write, answer) for (space, write, _, _), answer in zip(requests, answers, strict=True)
    ]


class Board(wiring.Component):
    """A trainer behind its bridge."""

    def __init__(self, network: Network, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__({"received": In(stream.Signature(8)), "sent": Out(stream.Signature(8))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.trainer = trainer = Trainer(self.network, self.machine)
        m.submodules.bridge = bridge = Bridge(self.network, self.machine)
        wiring.connect(m, wiring.flipped(self.received), bridge.received)
        wiring.connect(m, bridge.sent, wiring.flipped(self.sent))
        for port in ("samples", "results", "requests", "replies"):
            wiring.connect(m, getattr(trainer, port), getattr(bridge, port))
        return m


class Host:
    """Speaks to a board in simulation, in the order the link asks for."""

    def __init__(self, ctx, board):
        self.ctx, self.board = ctx, board
        self.codec, self.received = Codec(board.network, board.machine), bytearray()
        self.replies = []

    async def exchange(self, command: bytes, replies: int):
        """Send ``command`` and wait until ``replies`` more have come, at most 5000 cycles after the last byte."""
        ctx, wanted, waited = self.ctx, len(self.replies) + replies, 0
        ctx.set(self.board.sent.ready, 1)
        waiting = list(command)
        while waiting or len(self.replies) < wanted:
            waited = 0 if waiting else waited + 1
            assert waited < 5000, "no reply"
            ctx.set(self.board.received.valid, bool(waiting))
            ctx.set(self.board.received.payload, waiting[0] if waiting else 0)
            *_, valid, byte, ready = await ctx.tick().sample(
                self.board.sent.valid, self.board.sent.payload, self.board.received.ready
            )
            if ready and waiting:
                waiting.pop(0)
            if valid:
                self.received.append(byte)
                self.replies += self.codec.replies(self.received)
        return self.replies[wanted - replies :]

    async def write(self, space, place, data):
        assert await self.exchange(self.codec.write(space, place, data), 1) == [Reply(space, True, 0)]

    async def read(self, space, place) -> int:
        (reply,) = await self.exchange(self.codec.read(space, place), 1)
        return reply.data


def test_a_board_trains_over_bytes_to_the_golden_models_counters():
    network, machine = Network(12, (8, 6), 3, 4), Machine(4, 4)
    numbers = np.random.default_rng(1)
    counters = [numbers.integers(-8, 8, shape) for shape in network.shapes]
    classifier = numbers.choice([-1, 1], (network.classes, network.hidden[-1]))
    golden = BinaryMlp(counters, classifier, 0.8, 0.5, [4, 3], network.counter_bits)
    x, y = numbers.choice([-1, 1], (12, network.inputs)), numbers.integers(0, network.classes, 12)
    batches = [slice(start, start + 4) for start in range(0, 12, 4)]
    expected = [golden.step(x[batch], y[batch]) for batch in batches]

    board = Board(network, machine)
    finished = []

    async def bench(ctx):
        host = Host(ctx, board)
        layout = Trainer(network, machine).layout
        assert await host.read(Space.REGISTERS, address("identity")) == IDENTITY
        for place, value in (register_settings(network, 0.8, 0.5, (4, 3)) | reinforcement_settings(None, 2)).items():
            await host.write(Space.REGISTERS, place, value)
        for group, value in layout.pack_counters(counters).items():
            await host.write(Space.COUNTERS, group, value)
        columns = (layout.columns_per_word - 1).bit_length()
        for (word, column), bits in layout.pack_visible(len(network.hidden), classifier).items():
            await host.write(Space.VISIBLE, word << columns | column, bits)
        await host.write(Space.REGISTERS, address("commit"), 0)

        assert (await host.exchange(b"\x00", 1)) == [Unknown(0)]
        results = []
        for batch in batches:
            commands = [
                host.codec.sample(row, int(label), last=last)
                for row, label, last in zip(x[batch], y[batch], (False, False, False, True), strict=True)
            ]
            for start in range(0, len(commands), window(machine)):
                group = commands[start : start + window(machine)]
                results += await host.exchange(b"".join(group), len(group))
        assert [r.prediction for r in results] == [p for batch in expected for p in batch.predictions]
        assert [r.triggered for r in results] == [t for batch in expected for t in batch.triggered]
        assert any(r.triggered for r in results)

        image = {group: await host.read(Space.COUNTERS, group) for group in layout.pack_counters(counters)}
        for learned, wanted in zip(layout.unpack_counters(image), golden.counters, strict=True):
            assert (learned == wanted).all()
        finished.append(True)

    simulator = Simulator(board)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    assert finished


def test_the_codec_keeps_an_incomplete_reply_and_drops_noise():
    codec = Codec(Network(8, (4,), 2), Machine(4, 4))
    received = bytearray(b"\x07\x11\x01\x21\x01\x02")
    assert list(codec.replies(received)) == [Unknown(7), Result(1, True)]
    received += b"\x03\x04\x30"
    assert list(codec.replies(received)) == [Reply(Space.COUNTERS, False, 0x04030201), Reply(Space.REGISTERS, True, 0)]
    assert not received


def test_the_bridge_is_small():
    network, machine = Network(784, (96, 96), 10), Machine(200, 4, 96, spram=True)
    assert label_bits(network) == 4
    resources = synthesise_component(Bridge(network, machine), UP5K).resources
    assert resources.block_rams == {}
    assert resources.lut4 < 200
