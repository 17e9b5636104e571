"""The cocotb side of a co-simulation: plays a recorded job into the hardware and records what comes out.

Python runs once a sample and once a host request, never once a cycle.
"""

import os
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, FallingEdge, ReadOnly, ValueChange
from numpy.typing import NDArray

from bep_hw.layout import Layout
from bep_hw.ports import Space, request_layout
from bep_hw.registers import REGISTERS, address
from bep_ref.rules import sign
from sim.job import Job, Observed

PERIOD_NS = 10


class Driver:
    """Handshakes with `sim.bench.TrainerBench`."""

    def __init__(self, dut: Any, job: Job) -> None:
        self.dut, self.job = dut, job
        self.request = request_layout(job.network, job.machine)
        self.last_step, self.decided = -1, 0

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

    async def ask(self, space: Space, where: int, value: int | None = None) -> int:
        """One request (a write where ``value`` is given) and its reply; returns on a falling clock edge."""
        dut = self.dut
        fields = {"space": int(space), "write": int(value is not None), "address": where, "data": value or 0}
        dut.requests__payload.value = self.request.const(fields).as_value().value
        dut.requests__valid.value = 1
        if not dut.replies__valid.value:
            await ValueChange(dut.replies__valid)
            await FallingEdge(dut.clk)
        reply = int(dut.replies__payload.value)
        await FallingEdge(dut.clk)
        dut.requests__valid.value = 0
        return reply

    async def write_registers(self, writes: dict[int, int]) -> None:
        for where, value in writes.items():
            await self.ask(Space.REGISTERS, where, value)

    async def statistics(self) -> dict[str, int]:
        names = [name for name, register in REGISTERS.items() if register.address in range(0x20, 0x40)]
        return {name: await self.ask(Space.REGISTERS, address(name)) for name in names}

    async def counters(self) -> list[NDArray[Any]]:
        """Of every layer; none where nothing is learned."""
        layout = self.job.layout
        if not layout.machine.training:
            return []
        return layout.unpack_counters(
            {where: await self.ask(Space.COUNTERS, where) for where in range(layout.hidden_depth)}
        )

    async def feed(self, bits: list[int], labels: list[int], last: list[bool], last_steps: list[int]) -> None:
        dut = self.dut
        for number, (sample, label, end, step) in enumerate(zip(bits, labels, last, last_steps, strict=True)):
            if step != self.last_step:
                # the length of sequences changes only behind those that are on their way
                while self.decided != number:
                    await FallingEdge(dut.clk)
                await self.write_registers({address("last_step"): step})
                self.last_step = step
            dut.bits.value, dut.label.value = sample, label
            dut.train.value, dut.last.value = 1, int(end)
            dut.offered.value = 1 - int(dut.taken.value)
            await ValueChange(dut.taken)
            await FallingEdge(dut.clk)

    async def collect(self, count: int, progress: Path) -> tuple[list[int], list[int]]:
        dut, predictions, triggered = self.dut, [], []
        self.decided = 0
        for number in range(count):
            await ValueChange(dut.decided)
            await ReadOnly()
            predictions.append(int(dut.prediction.value))
            triggered.append(int(dut.triggered.value))
            self.decided += 1
            if number % 16 == 15 or number == count - 1:
                with progress.open("a") as file:
                    file.write(f"{number + 1}\n")
        return predictions, triggered


@cocotb.test()
async def play(dut: Any) -> None:
    """Load the job's counters, classifier and registers, stream its epochs, read everything back."""
    job = Job.load(Path(os.environ["BEP_JOB"]))
    observed_path = Path(os.environ["BEP_OBSERVED"])
    progress = Path(os.environ["BEP_PROGRESS"])
    driver = Driver(dut, job)
    layout = job.layout
    await driver.start()
    shift = (layout.columns_per_word - 1).bit_length()
    weights = dict(enumerate(job.classifiers, start=len(layout.trainable)))
    if job.machine.training:
        for where, group in layout.pack_counters(job.counters).items():
            await driver.ask(Space.COUNTERS, where, group)
    else:
        weights |= {layer: sign(q) for layer, q in enumerate(job.counters)}
    for layer, values in weights.items():
        for (word, column), value in layout.pack_visible(layer, values).items():
            await driver.ask(Space.VISIBLE, word << shift | column, value)
    await driver.write_registers(job.registers)
    await driver.ask(Space.REGISTERS, address("commit"), 1)

    observed = Observed()
    for epoch in job.epochs:
        await driver.write_registers(epoch.registers)
        before = await driver.statistics()
        packed = layout.pack_whole_samples(epoch.x)
        results = cocotb.start_soon(driver.collect(len(packed), progress))
        labels, ends = [int(label) for label in epoch.y], [bool(end) for end in epoch.last]
        await driver.feed(packed, labels, ends, layout.last_steps(epoch.x))
        predictions, triggered = await results
        await FallingEdge(dut.clk)
        after = await driver.statistics()
        observed.predictions.append(np.array(predictions))
        observed.triggered.append(np.array(triggered, dtype=bool))
        observed.counters.append(await driver.counters())
        observed.visible.append(_visible(dut, layout))
        observed.statistics.append({name: (after[name] - before[name]) % 2**32 for name in after})
    observed.save(observed_path)


def _visible(dut: Any, layout: Layout) -> NDArray[Any]:
    """The visible plane's memories as they are: (words, columns) of column bits."""
    plane = dut.trainer.visible
    columns = [getattr(plane, f"column{index}") for index in range(layout.columns_per_word)]
    return np.array(
        [[int(column[word].value) for column in columns] for word in range(layout.plane_depth)], dtype=object
    )
