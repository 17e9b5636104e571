"""Trains the same network twice, in the golden model and in the simulated hardware, and compares every bit."""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from amaranth.back import verilog
from numpy.typing import NDArray

from bep_hw.registers import address, reinforcement, settings
from bep_ref.config import Machine, Training, margin_threshold
from bep_ref.mlp import BinaryMlp
from bep_ref.reinforce import probability
from sim.bench import TrainerBench
from sim.job import Epoch, Job, Observed
from sim.verilator import Simulation, SimulatorError

Ints = NDArray[Any]


@dataclass(frozen=True)
class Report:
    """What was compared, what differed, and how long the hardware took."""

    samples: int
    triggered: int
    mismatches: int
    counters_compared: int
    visible_compared: int
    predictions_compared: int
    first_difference: str
    cycles: int
    cycles_per_sample: float
    propagate_utilisation: float
    update_utilisation: float
    epochs: tuple[dict[str, Any], ...]


@dataclass
class _Expected:
    """The golden model's course, in the shape of :class:`Observed`."""

    predictions: list[Ints]
    triggered: list[Ints]
    counters: list[list[Ints]]


def _play(
    net: BinaryMlp, training: Training, epochs: list[tuple[Ints, Ints]], seed: int
) -> tuple[list[Epoch], _Expected]:
    """Train the golden model, writing down what the hardware needs to do the same."""
    expected = _Expected([], [], [])
    jobs = []
    error_rate = 1.0
    for number, (x, y) in enumerate(epochs):
        chances = [probability(training.reinforcement, error_rate, fan_in) for fan_in in net.network.fan_in]
        registers = reinforcement(chances if training.reinforcement else None, len(chances))
        if number == 0:
            registers[address("seed")] = seed
        batches = []
        for start in range(0, len(y), training.batch_size):
            stop = start + training.batch_size
            batches.append(net.step(x[start:stop], y[start:stop], chances if training.reinforcement else None))
        predictions = np.concatenate([batch.predictions for batch in batches])
        expected.predictions.append(predictions)
        expected.triggered.append(np.concatenate([batch.triggered for batch in batches]))
        expected.counters.append([q.copy() for q in net.counters])
        last = np.zeros(len(y), dtype=bool)
        last[training.batch_size - 1 :: training.batch_size] = True
        last[-1] = True
        jobs.append(Epoch(registers, x, y, last))
        error_rate = float(np.mean(predictions != y))
    return jobs, expected


def bench_verilog(job: Job) -> str:
    """Verilog of the testbench's top, ``bench``."""
    return str(verilog.convert(TrainerBench(job.network, job.machine), name="bench"))


def cosimulate(
    net: BinaryMlp,
    training: Training,
    machine: Machine,
    epochs: list[tuple[Ints, Ints]],
    directory: Path,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
    waves: bool = False,
    edit: Callable[[str], str] = lambda source: source,
) -> Report:
    """Train ``net`` (in place) and the hardware on ``epochs`` of samples (x of ±1, y), and compare.

    ``directory`` keeps builds and logs. ``progress`` is told a stage, how much of it is done, and of how much.
    ``edit`` changes the Verilog before it is built: tests plant faults with it.
    """
    layout_job = Job(
        net.network,
        machine,
        [q.copy() for q in net.counters],
        net.classifier.copy(),
        settings(net.network, training, tuple(net.group_size)),
        [],
    )
    assert margin_threshold(training.margin, net.network.hidden[-1]) == margin_threshold(
        net.margin, net.network.hidden[-1]
    )
    progress("golden model", 0, 1)
    layout_job.epochs, expected = _play(net, training, epochs, net.generator.state)
    progress("golden model", 1, 1)
    progress("Verilator build", 0, 1)
    directory.mkdir(parents=True, exist_ok=True)
    simulation = Simulation(edit(bench_verilog(layout_job)), "bench", directory, waves)
    progress("Verilator build", 1, 1)
    observed = _run(simulation, layout_job, progress)
    return _compare(layout_job, expected, observed)


def _run(simulation: Simulation, job: Job, progress: Callable[[str, int, int], None]) -> Observed:
    """Simulate, following the progress file meanwhile."""
    total = sum(len(epoch.y) for epoch in job.epochs)
    with tempfile.TemporaryDirectory(prefix="bep-cosim-") as name:
        folder = Path(name)
        job_file, seen_file, progress_file = folder / "job", folder / "observed", folder / "progress"
        job.save(job_file)
        progress_file.touch()
        finished = threading.Event()

        def follow() -> None:
            while not finished.is_set():
                counts = [int(line) for line in progress_file.read_text().split()]
                # the count starts over with every epoch
                rises = sum(b - a if b > a else b for a, b in zip([0, *counts], counts, strict=False))
                progress("simulation", min(rises, total), total)
                time.sleep(0.2)

        watcher = threading.Thread(target=follow)
        watcher.start()
        try:
            simulation.run(
                "sim.drive",
                {"BEP_JOB": str(job_file), "BEP_OBSERVED": str(seen_file), "BEP_PROGRESS": str(progress_file)},
            )
        finally:
            finished.set()
            watcher.join()
        if not seen_file.exists():
            raise SimulatorError(f"the simulation ended early; see {simulation.directory / 'run.log'}")
        progress("simulation", total, total)
        return Observed.load(seen_file)


def _compare(job: Job, expected: _Expected, observed: Observed) -> Report:
    layout = job.layout
    differences: list[str] = []
    mismatches = counters = visible = predictions = 0

    def differ(count: int, where: str) -> None:
        nonlocal mismatches
        mismatches += count
        if count and not differences:
            differences.append(where)

    for number in range(len(job.epochs)):
        for name in ("predictions", "triggered"):
            want, got = getattr(expected, name)[number], getattr(observed, name)[number]
            wrong = np.flatnonzero(want != got)
            if wrong.size:
                differ(
                    wrong.size, f"epoch {number + 1}, sample {wrong[0]}: {name} {got[wrong[0]]}, not {want[wrong[0]]}"
                )
            else:
                differ(0, "")
        predictions += len(expected.predictions[number])
        for layer, (want, got) in enumerate(zip(expected.counters[number], observed.counters[number], strict=True)):
            wrong = np.argwhere(want != got)
            counters += want.size
            if len(wrong):
                row, column = wrong[0]
                differ(
                    len(wrong),
                    f"epoch {number + 1}, layer {layer + 1}, counter [{row}, {column}]: "
                    f"{got[row, column]}, not {want[row, column]}",
                )
            words = layout.pack_visible(layer, np.where(want >= 0, 1, -1))
            bad = [key for key, value in words.items() if observed.visible[number][key] != value]
            visible += want.size
            if bad:
                differ(len(bad), f"epoch {number + 1}, layer {layer + 1}, visible word {bad[0][0]} column {bad[0][1]}")
    samples = predictions
    cycles = sum(entry["cycles"] for entry in observed.statistics)
    words = sum(entry["propagate_words"] for entry in observed.statistics)
    groups = sum(entry["update_words"] for entry in observed.statistics)
    return Report(
        samples=samples,
        triggered=int(sum(np.sum(flags) for flags in observed.triggered)),
        mismatches=mismatches,
        counters_compared=counters,
        visible_compared=visible,
        predictions_compared=predictions,
        first_difference=differences[0] if differences else "",
        cycles=cycles,
        cycles_per_sample=round(cycles / samples, 2),
        propagate_utilisation=round(words / cycles, 4),
        update_utilisation=round(groups / cycles, 4),
        epochs=tuple(observed.statistics),
    )
