import random as stalls

import numpy as np
import pytest

from bep_hw.host.port import HostPort
from bep_hw.plan.identity import configuration, identification
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import IDENTITY, REGISTERS, STATISTICS, TABLE_STRIDE, address
from bep_ref import Machine, Network
from bep_ref.config import RecurrentNetwork
from tests.hw.drive import ask, simulate
from tests.link.streams import receive, send

LAYOUT = Layout(Network(40, (12, 8), 3), Machine(lanes=32, update_lanes=4))
CACHED = Layout(LAYOUT.network, Machine(lanes=32, update_lanes=4, cache_samples=500))


def request(space, where, value=None):
    return {"space": space, "write": int(value is not None), "address": where, "data": value or 0}


class Machinery:
    """What stands behind the port: it is idle now and then, answers reads late, and keeps a diary of orders."""

    def __init__(self, unit, seed):
        self.unit, self.random, self.diary, self.done = unit, stalls.Random(seed), [], False
        self.counters = {where: self.random.getrandbits(32) for where in range(LAYOUT.hidden_depth)}

    async def run(self, ctx):
        unit = self.unit
        orders = [
            (unit.access.read, "counters_read", unit.access.address),
            (unit.access.write, "counters_write", unit.access.address, unit.access.data),
            (unit.visible.valid, "visible_write", unit.visible.address, unit.visible.block, unit.visible.data),
            (unit.thresholds.valid, "table_write", unit.thresholds.address, unit.thresholds.data),
            (unit.seed.load, "seed_write", unit.seed.value),
            (unit.commit.start, "commit"),
        ]
        pending, idle = None, [False] * 3
        while not self.done:
            # a request is decoded in the cycle in which the machine is seen idle, and carried out in the next; what it
            # writes is written in the one after that
            idle = [pending is None and self.random.random() < 0.5, *idle[:2]]
            ctx.set(unit.idle, idle[0])
            finished = pending is not None and self.random.random() < 0.4
            ctx.set(unit.access.done, finished and pending[0] == "counters_read")
            ctx.set(unit.commit.done, finished and pending[0] == "commit")
            if finished and pending[0] == "counters_read":
                ctx.set(unit.access.result, self.counters[pending[1]])
            if finished:
                self.diary.append(("finished", pending[0]))
                pending = None
            for strobe, name, *ports in orders:
                if ctx.get(strobe):
                    assert idle[2 if name.endswith("write") else 1], f"{name} while the machine is busy"
                    entry = (name, *(ctx.get(port) for port in ports))
                    self.diary.append(entry)
                    if name in ("counters_read", "commit"):
                        pending = entry
            await ctx.tick()


@pytest.mark.parametrize("seed", range(4))
def test_requests_are_carried_out_once_in_order_while_idle_and_each_is_answered(seed):
    unit = HostPort(LAYOUT)
    machinery = Machinery(unit, seed)
    columns = (LAYOUT.columns_per_word - 1).bit_length()
    random = stalls.Random(seed)
    # request, what the machinery must see, reply
    known = [
        (request(Space.REGISTERS, address("identity")), [], IDENTITY),
        (request(Space.REGISTERS, address("seed"), 0x12345678), [("seed_write", 0x12345678)], 0),
        (request(Space.REGISTERS, address("reinforcement", TABLE_STRIDE + 3), 77), [("table_write", 19, 77)], 0),
        (request(Space.REGISTERS, address("commit"), 1), [("commit",), ("finished", "commit")], 0),
        (
            request(Space.VISIBLE, 5 << columns | 1, 9),
            [("visible_write", 5, 1, 9)],
            0,
        ),
        (request(Space.COUNTERS, 6, 0xCAFEF00D), [("counters_write", 6, 0xCAFEF00D)], 0),
        (
            request(Space.COUNTERS, 11),
            [("counters_read", 11), ("finished", "counters_read")],
            machinery.counters[11],
        ),
    ]
    chosen = [random.choice(known) for _ in range(40)]
    replies = []

    async def offer(ctx):
        await send(ctx, unit.requests, [entry[0] for entry in chosen], stalls.Random(seed + 100))

    async def take(ctx):
        replies.extend(await receive(ctx, unit.replies, len(chosen), stalls.Random(seed + 200)))
        machinery.done = True

    simulate(unit, offer, take, machinery.run, cycles=10_000)
    assert replies == [entry[2] for entry in chosen]
    assert machinery.diary == [event for entry in chosen for event in entry[1]]


def test_thresholds_arrive_in_their_registers_and_stay():
    unit = HostPort(LAYOUT)
    writes = {("margin", 0): 3, ("group_size", 0): 6, ("group_size", 1): 4, ("gate", 1): 5}

    async def bench(ctx):
        ctx.set(unit.idle, 1)
        for (name, index), value in writes.items():
            assert await ask(ctx, unit, Space.REGISTERS, address(name, index), value) == 0
        assert ctx.get(unit.settings.margin[-1]) == 3
        assert [ctx.get(unit.settings.group_size[layer]) for layer in range(2)] == [6, 4]
        assert ctx.get(unit.settings.gate[1]) == 5

    simulate(unit, bench, cycles=100)


@pytest.mark.parametrize("statistics", [True, False])
def test_events_are_counted_if_the_machine_has_statistics(statistics):
    layout = Layout(LAYOUT.network, Machine(lanes=32, update_lanes=4, statistics=statistics))
    unit = HostPort(layout)
    random = np.random.default_rng(1)
    events = [name for name in STATISTICS if name != "cycles"]
    want = dict.fromkeys(events, 0)

    async def bench(ctx):
        for _ in range(200):
            for name in events:
                level = int(random.integers(2))
                ctx.set(getattr(unit.events, name), level)
                want[name] += level
            await ctx.tick()
        for name in events:
            ctx.set(getattr(unit.events, name), 0)
        ctx.set(unit.idle, 1)
        for name, count in want.items():
            got = await ask(ctx, unit, Space.REGISTERS, address(name))
            assert got == (count if statistics else 0), name
        first, second = [await ask(ctx, unit, Space.REGISTERS, address("cycles")) for _ in range(2)]
        assert second - first == (3 if statistics else 0)

    simulate(unit, bench, cycles=1000)


def test_the_cache_is_set_and_asked_through_registers():
    unit = HostPort(CACHED)
    strobes = []

    async def bench(ctx):
        ctx.set(unit.idle, 1)
        ctx.set(unit.epochs.epochs, 7)
        ctx.set(unit.epochs.correct, 301)
        for name, value in (("samples", 400), ("batch", 50), ("key", 0x89ABCDEF), ("epochs", 9)):
            assert await ask(ctx, unit, Space.REGISTERS, address(f"cache_{name}"), value) == 0
        assert (ctx.get(unit.epochs.samples), ctx.get(unit.epochs.batch)) == (400, 50)
        assert [await ask(ctx, unit, Space.REGISTERS, address(f"cache_{name}")) for name in ("epochs", "correct")] == [
            7,
            301,
        ]

    async def watch(ctx):
        async for _, _, key, epochs, data in ctx.tick().sample(
            unit.epochs.key_write, unit.epochs.epochs_write, unit.epochs.data
        ):
            strobes.extend([("key", data)] * key + [("epochs", data)] * epochs)
            if epochs:
                break

    simulate(unit, bench, watch, cycles=200)
    assert strobes == [("key", 0x89ABCDEF), ("epochs", 9)]


@pytest.mark.parametrize("layout", [LAYOUT, CACHED], ids=["no cache", "cache"])
def test_the_registers_tell_which_network_and_machine_they_belong_to_and_the_generators_state(layout):
    unit, words = HostPort(layout), {}

    async def bench(ctx):
        ctx.set(unit.idle, 1)
        ctx.set(unit.seed.state, 0x89ABCDEF)
        for where in range(0x60):
            words[where] = await ask(ctx, unit, Space.REGISTERS, where)

    simulate(unit, bench, cycles=1000)
    assert words[address("identity")] == IDENTITY
    assert words[address("seed")] == 0x89ABCDEF
    assert configuration(words) == (layout.network, layout.machine)


def test_a_recurrent_network_and_the_local_rule_are_told_too():
    for network, rule in ((RecurrentNetwork(9, 6, 4, 3, steps=5), "bep"), (Network(9, (6, 4), 3), "local")):
        words, machine = identification(network, Machine(8, 4, rule=rule)), Machine(8, 4, rule=rule)
        assert configuration(words) == (network, machine)


def test_reading_a_register_that_is_only_written_or_not_there_answers_zero():
    unit = HostPort(LAYOUT)
    unread = [address(name) for name in ("margin", "commit", "reinforcement")]
    unread += [
        where for where in range(256) if not any(r.address <= where < r.address + r.count for r in REGISTERS.values())
    ]

    async def bench(ctx):
        ctx.set(unit.idle, 1)
        for where in unread:
            assert await ask(ctx, unit, Space.REGISTERS, where) == 0

    simulate(unit, bench, cycles=2000)
