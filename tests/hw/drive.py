"""Runs components in Amaranth's simulator, within a bound, on random networks, machines and numbers."""

import random as stalls
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from amaranth.sim import Simulator
from hypothesis import Phase, note, settings
from hypothesis import strategies as st

from bep_hw.plan.images import unpack_counters
from bep_hw.plan.layout import Layout
from bep_hw.plan.load import load
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address, learning_settings
from bep_ref import BinaryMlp, Machine, Network
from bep_ref.networks.learner import Learner

Bench = Callable[[Any], Awaitable[None]]
PERIOD = 1e-6


class Steady(stalls.Random):
    """The stalls of a stream that never stalls."""

    def random(self) -> float:
        return 1.0


STEADY = Steady()


def simulate(unit: Any, *benches: Bench, cycles: int) -> None:
    """Run ``benches`` side by side until all have returned; fail if that takes more than ``cycles`` clock cycles."""

    async def deadline(ctx: Any) -> None:
        await ctx.delay(cycles * PERIOD)
        raise AssertionError(f"the simulation is not done after {cycles} cycles")

    simulator = Simulator(unit)
    simulator.add_clock(PERIOD)
    for bench in benches:
        simulator.add_testbench(bench)
    simulator.add_testbench(deadline, background=True)
    simulator.run()


async def pause(ctx: Any, random: np.random.Generator, chance: float = 0.3) -> None:
    """Let clock cycles pass, each with ``chance``."""
    while random.random() < chance:
        await ctx.tick()


def bits_of(value: int, count: int) -> np.ndarray:
    """Bits (count,) of an integer, lowest first."""
    return np.array([value >> index & 1 for index in range(count)])


def number_of(bits: Any) -> int:
    """The inverse of `bits_of`."""
    return sum(int(bit) << index for index, bit in enumerate(bits))


def random_counters(network: Network, random: np.random.Generator) -> list[np.ndarray]:
    """Counters over their whole range, most of them near zero, where signs turn."""
    low, high = network.counter_range
    return [
        np.where(
            random.random(shape) < 0.25,
            random.integers(low, high + 1, shape),
            np.clip(random.integers(-3, 3, shape), low, high),
        )
        for shape in network.shapes
    ]


def random_mlp(network: Network, group_size: list[int], seed: int = 1, **options: Any) -> BinaryMlp:
    """A golden model with random counters and classifiers."""
    random = np.random.default_rng(seed)
    counters = random_counters(network, random)
    classified = network.hidden if options.get("rule") == "local" else network.hidden[-1:]
    return BinaryMlp(
        counters=counters,
        classifiers=[random.choice([-1, 1], (network.classes, width)) for width in classified],
        group_size=group_size,
        counter_bits=network.counter_bits,
        **options,
    )


def simulated(examples: int) -> settings:
    """Settings of a property that simulates: a failing example is shown as it is, for shrinking takes minutes."""
    return settings(max_examples=examples, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@st.composite
def layouts(
    draw: st.DrawFn, most_inputs: int = 60, most_neurons: int = 20, rules: tuple[str, ...] = ("bep",)
) -> Layout:
    """Networks on machines of all sorts; most widths are no multiple of the lanes."""
    network = Network(
        inputs=draw(st.integers(1, most_inputs)),
        hidden=tuple(draw(st.lists(st.integers(2, most_neurons), min_size=1, max_size=3))),
        classes=draw(st.integers(2, 6)),
        counter_bits=draw(st.integers(2, 16)),
    )
    chunk = draw(st.integers(1, 8))
    spram = draw(st.booleans())
    lanes = chunk * (2 if spram else 1) * draw(st.integers(1, 8))
    machine = Machine(
        lanes=lanes,
        update_lanes=chunk,
        backward_lanes=draw(st.integers(0, lanes)),
        z_buffers=draw(st.sampled_from([1, 2])),
        slots=draw(st.sampled_from([2, 4, 8])),
        hits_ahead=draw(st.sampled_from([0, 4, 64])),
        spram=spram,
        register_plane=draw(st.booleans()),
        rule=draw(st.sampled_from(rules)),
    )
    note(f"{network!r} on {machine!r}")
    return Layout(network, machine)


async def ask(ctx: Any, unit: Any, space: Space, where: int, value: int | None = None) -> int:
    """One request (a write where ``value`` is given) to the ports of a trainer, and its reply."""
    write = {"space": space, "write": int(value is not None), "address": where, "data": value or 0}
    ctx.set(unit.requests.payload, write)
    ctx.set(unit.requests.valid, 1)
    ctx.set(unit.replies.ready, 1)
    (reply,) = await ctx.tick().sample(unit.replies.payload).until(unit.replies.valid)
    ctx.set(unit.requests.valid, 0)
    ctx.set(unit.replies.ready, 0)
    return reply


async def configure(ctx: Any, unit: Any, net: Learner, chances: list[float] | None) -> None:
    """Give a trainer the golden model's counters, classifiers, registers and generator, and commit."""
    layout = unit.layout
    writes = learning_settings(net.network, net.margin, net.gate, net.group_size, layout.rule, chances)
    writes[address("seed")] = net.generator.state
    for write in load(layout, net.matrices, net.classifiers, writes):
        await ask(ctx, unit, *write)


async def read_counters(ctx: Any, unit: Any) -> list[np.ndarray]:
    """A trainer's counters, one (K_l, K_{l-1}) array a layer."""
    image = {where: await ask(ctx, unit, Space.COUNTERS, where) for where in range(unit.layout.hidden_depth)}
    return unpack_counters(unit.layout, image)
