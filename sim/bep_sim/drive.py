"""The cocotb side of a co-simulation: plays a recorded job into the hardware and records what comes out.

Python runs once a sample and once a host request, and never once a cycle, unless it follows a trace.
"""

import os
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, FallingEdge, ReadOnly, Timer, ValueChange, select
from numpy.typing import NDArray

from bep_hw.plan.images import (
    last_steps,
    pack_records,
    pack_whole_samples,
    unpack_counters,
)
from bep_hw.plan.layout import Layout
from bep_hw.plan.layouts import AnyLayout
from bep_hw.plan.load import load
from bep_hw.plan.ports import Space, request_layout
from bep_hw.plan.registers import IDENTITY, STATISTICS, address
from bep_hw.windows.images import readout_places, unpack_readout
from bep_hw.windows.layout import WindowLayout
from bep_sim.follow.follower import Follower
from bep_sim.job import EpochJob, Job, Observed

PERIOD_NS = 10
PATIENCE_CYCLES = 1_000_000
"""Without a reply or a result: longer than any sample or commit takes."""
CYCLES_BETWEEN_LOOKS = 500
"""At an epoch from the cache: every look costs it the time of a few samples."""


class Driver:
    """Handshakes with `bep_sim.bench.TrainerBench`."""

    def __init__(self, dut: Any, job: Job) -> None:
        self.dut, self.job = dut, job
        self.request = request_layout(job.network, job.machine)
        self.last_step, self.decided, self.cached = -1, 0, False
        self.alive = 0

    async def start(self) -> None:
        dut = self.dut
        for name in ("bits", "label", "train", "last", "offered", "requests__valid", "requests__payload"):
            getattr(dut, name).value = 0
        dut.replies__ready.value = 1
        dut.rst.value = 1
        Clock(dut.clk, PERIOD_NS, unit="ns", impl="gpi").start()
        await ClockCycles(dut.clk, 4)
        dut.rst.value = 0
        await FallingEdge(dut.clk)
        cocotb.start_soon(self._watch())
        if self.job.four_valued:
            cocotb.start_soon(self._know())

    async def _watch(self) -> None:
        """End a simulation in which nothing happens any more."""
        before = -1
        while self.alive > before:
            before = self.alive
            await Timer(PATIENCE_CYCLES * PERIOD_NS, "ns")
        raise AssertionError(f"no reply and no result in {PATIENCE_CYCLES} cycles")

    async def _know(self) -> None:
        """End a simulation in which an output is unknown; what is not valid may be."""
        unit = self.dut.trainer.netlist
        while True:
            await FallingEdge(self.dut.clk)
            for name in ("samples__ready", "requests__ready", "results__valid", "replies__valid"):
                assert getattr(unit, name).value.is_resolvable, f"{name} is unknown"
            for name in ("results", "replies"):
                known = getattr(unit, f"{name}__payload").value.is_resolvable
                assert known or not getattr(unit, f"{name}__valid").value, f"{name} are unknown"

    async def ask(self, space: Space, where: int, value: int | None = None) -> int:
        """One request (a write where ``value`` is given) and its reply; returns on a falling clock edge."""
        dut = self.dut
        fields = {"space": int(space), "write": int(value is not None), "address": where, "data": value or 0}
        dut.requests__payload.value = self.request.const(fields).as_value().value
        dut.requests__valid.value = 1
        while not dut.replies__valid.value:
            await ValueChange(dut.replies__valid)
            await FallingEdge(dut.clk)
        reply = int(dut.replies__payload.value)
        await FallingEdge(dut.clk)
        dut.requests__valid.value = 0
        # a machine that answers questions may still be stuck
        self.alive += value is not None or space is not Space.REGISTERS
        return reply

    async def write_registers(self, writes: dict[int, int]) -> None:
        for where, value in writes.items():
            await self.ask(Space.REGISTERS, where, value)

    async def statistics(self) -> dict[str, int]:
        return {name: await self.ask(Space.REGISTERS, address(name)) for name in STATISTICS}

    async def counters(self) -> list[NDArray[Any]]:
        """Of every layer; none where nothing is learned."""
        layout = self.job.layout
        if not layout.machine.training:
            return []
        return unpack_counters(
            layout, {where: await self.ask(Space.COUNTERS, where) for where in range(layout.hidden_depth)}
        )

    async def readout(self, layout: WindowLayout) -> NDArray[Any]:
        """Counters (C, U) of a window network's read-out."""
        return unpack_readout(layout, {place: await self.ask(Space.READOUT, place) for place in readout_places(layout)})

    async def feed(self, epoch: EpochJob) -> None:
        dut = self.dut
        samples = zip(
            pack_whole_samples(self.job.layout, epoch.x),
            epoch.y.tolist(),
            epoch.last.tolist(),
            epoch.train.tolist(),
            last_steps(self.job.layout, epoch.x),
            strict=True,
        )
        for number, (sample, label, end, train, step) in enumerate(samples):
            if step != self.last_step:
                # the length of sequences changes only behind those that are on their way
                while self.decided != number:
                    await FallingEdge(dut.clk)
                await self.write_registers({address("last_step"): step})
                self.last_step = step
            dut.bits.value, dut.label.value = sample, label
            dut.train.value, dut.last.value = int(train), int(end)
            dut.offered.value = 1 - int(dut.taken.value)
            await ValueChange(dut.taken)
            await FallingEdge(dut.clk)

    async def learn_from_cache(self, epoch: EpochJob) -> int:
        """An epoch without the host, but for its asking whether it is over; how many samples it predicted right."""
        if not self.cached:
            assert isinstance(self.job.layout, Layout)  # `bep_sim.options`
            for where, group in pack_records(self.job.layout, epoch.x, epoch.y).items():
                await self.ask(Space.COUNTERS, where, group)
            self.cached = True
        await self.write_registers({address("cache_epochs"): 1})
        learned = 0
        while await self.ask(Space.REGISTERS, address("cache_epochs")):
            before, learned = learned, await self.ask(Space.REGISTERS, address("samples"))
            self.alive += learned != before
            await Timer(CYCLES_BETWEEN_LOOKS * PERIOD_NS, "ns")
            await FallingEdge(self.dut.clk)
        return await self.ask(Space.REGISTERS, address("cache_correct"))

    async def collect(self, count: int, progress: Path) -> tuple[list[int], list[int]]:
        dut, predictions, triggered = self.dut, [], []
        self.decided = 0
        for number in range(count):
            await ValueChange(dut.decided)
            await ReadOnly()
            predictions.append(int(dut.prediction.value))
            triggered.append(int(dut.triggered.value))
            self.decided += 1
            self.alive += 1
            if number % 16 == 15 or number == count - 1:
                with progress.open("a") as file:
                    file.write(f"{number + 1}\n")
        return predictions, triggered


async def follow(dut: Any, follower: Follower) -> str:
    """Hand ``follower`` every event of the trace port; returns with the first difference.

    Runs in every cycle: most of them have an event.
    """
    valid, quiet = dut.trace__valid, 0
    ports = [(kind, getattr(dut, f"trace__{kind}")) for kind in follower.fields]
    while True:
        await FallingEdge(dut.clk)
        quiet += 1
        if quiet > PATIENCE_CYCLES // 2 and (missing := follower.missing()):
            return f"{missing}, and nothing happens any more"
        if there := int(valid.value):
            quiet = 0
            for number, (kind, port) in enumerate(ports):
                if there >> number & 1 and (difference := follower.take(kind, int(port.value))):
                    return difference


@cocotb.test()
async def play(dut: Any) -> None:
    """Play the job, and write down what was observed."""
    job = Job.load(Path(os.environ["BEP_JOB"]))
    driver = Driver(dut, job)
    observed = Observed()
    await driver.start()
    if job.course:
        assert isinstance(job.layout, Layout)  # `bep_sim.options`
        follower = Follower(job.layout, job.course)
        _, difference = await select(_learn(driver, observed), follow(dut, follower))
        observed.difference = difference or follower.missing()
        observed.traced = dict(follower.compared)
    else:
        await _learn(driver, observed)
    observed.save(Path(os.environ["BEP_OBSERVED"]))


async def _learn(driver: Driver, observed: Observed) -> None:
    """Load the job's counters, classifier and registers, stream its epochs, read everything back."""
    dut, job, layout = driver.dut, driver.job, driver.job.layout
    progress = Path(os.environ["BEP_PROGRESS"])
    assert await driver.ask(Space.REGISTERS, address("identity")) == IDENTITY
    for nowhere in (0x555555, 0xAAAAAA):
        assert await driver.ask(Space.REGISTERS, nowhere) == 0
    for write in load(layout, job.counters, job.classifiers, job.registers, job.readout):
        await driver.ask(*write)

    for epoch in job.epochs:
        await driver.write_registers(epoch.registers)
        before = await driver.statistics()
        predictions: list[int] = []
        triggered: list[int] = []
        correct = 0
        if epoch.cached:
            correct = await driver.learn_from_cache(epoch)
        else:
            results = cocotb.start_soon(driver.collect(len(epoch.y), progress))
            await driver.feed(epoch)
            predictions, triggered = await results
        await FallingEdge(dut.clk)
        after = await driver.statistics()
        observed.correct.append(correct)
        observed.predictions.append(np.array(predictions, dtype=int))
        observed.triggered.append(np.array(triggered, dtype=bool))
        observed.counters.append(await driver.counters())
        if isinstance(layout, WindowLayout):
            observed.readout.append(await driver.readout(layout))
        if not job.netlist:
            observed.visible.append(_visible(dut, layout))
        observed.statistics.append({name: (after[name] - before[name]) % 2**32 for name in after})


def _visible(dut: Any, layout: AnyLayout) -> NDArray[Any]:
    """The visible plane's memories as they are: (words, columns) of column bits."""
    plane = dut.trainer.visible
    columns = [getattr(plane, f"column{index}") for index in range(layout.columns_per_word)]
    return np.array(
        [[int(column[word].value) for column in columns] for word in range(layout.plane_depth)], dtype=object
    )
