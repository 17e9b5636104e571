"""Trains the same network twice, in the golden model and in the simulated hardware, and compares every bit."""

import copy
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.layout import Layout
from bep_hw.tools.verilog import to_verilog
from bep_hw.trainer import Trainer
from bep_ref.config import Machine, Training, WindowNetwork, on_chip
from bep_ref.files.lock import locked
from bep_ref.files.naming import naming
from bep_ref.networks.initial import initial_net
from bep_ref.networks.windows import BinaryWindows, shifted
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, shifts
from bep_sim.bench import TrainerBench
from bep_sim.course import GoldenCourse
from bep_sim.expected import Net, infer, play, settings_of
from bep_sim.job import Job, Observed
from bep_sim.options import PLAIN, Options
from bep_sim.report import Report, compare
from bep_sim.tools.icarus import Icarus
from bep_sim.tools.netlist import Netlist
from bep_sim.tools.verilator import Simulation, SimulatorError

Ints = NDArray[Any]
PLANE = {"bench.trainer.visible": "column*"}
"""Module and name of the visible plane's memories, which the driver looks into."""
Progress = Callable[[str, int, int], None]
"""Progress callback: (stage, done, total)."""


def silent(stage: str, done: int, total: int) -> None:
    """No-op progress callback."""


class DifferenceError(Exception):
    """A step of the hardware is not the golden model's: which one, in one line."""


def cosimulate_task(
    task: Task,
    machine: Machine,
    epochs: int,
    samples: int | None,
    directory: Path,
    progress: Progress = silent,
    waves: Path | None = None,
    trace: bool = False,
) -> "Report":
    """Co-simulate the first ``epochs`` of a training run, each cut to its first ``samples`` (None = all).

    ``waves`` and ``trace`` as in `Options`.
    """
    rounds = []
    for epoch in range(1, epochs + 1):
        order = np.concatenate(list(batches(task, epoch)))[:samples]
        rounds.append((moved(task, epoch, order), task.train.y[order]))
    # hardware answers to the specification
    network = on_chip(task.network, task.training)
    net = cast(Net, initial_net(network, task.training, "readable"))
    return cosimulate(net, task.training, machine, rounds, directory, Options(waves=waves, trace=trace), progress)


def moved(task: Task, epoch: int, order: Ints) -> Ints:
    """Training samples in ``order``; a window network's are moved as in the run, before they are sent."""
    x, moves = task.train.x[order], shifts(task, epoch)
    if moves is None or not isinstance(task.network, WindowNetwork):
        return x
    return shifted(x.reshape(-1, *task.network.geometry.shape), moves[order]).reshape(x.shape)


def bench_verilog(job: Job) -> str:
    """Verilog of the testbench's top, ``bench``."""
    trainer: Any = None
    if job.netlist:
        trainer = Netlist(job.network, job.machine)
    elif job.course:
        trainer = Trainer(job.network, job.machine, trace=True)
    bench = TrainerBench(job.network, job.machine, job.stalls, trainer)
    return "\n".join([job.netlist, to_verilog(bench, "bench")])


def cosimulate(
    net: Net,
    training: Training,
    machine: Machine,
    epochs: list[tuple[Ints, Ints]],
    directory: Path,
    options: Options = PLAIN,
    progress: Progress = silent,
) -> Report:
    """Train ``net`` (in place) and the hardware on ``epochs`` of samples, and compare.

    Samples are x of ±1, with 0 after the end of a shorter sequence, and y. ``net`` learns by the rule of ``machine``.
    Of a ``machine`` that only infers, predictions and visible weights are compared. ``directory`` keeps builds and
    logs. Raises `DifferenceError` for the first step of a traced run that differs.
    """
    options.check(net.network, training, machine)
    job = Job(
        net.network,
        replace(machine, statistics=True),  # cycles are counted on chip; counting changes nothing else
        [q.copy() for q in net.matrices],
        [p.copy() for p in net.classifiers],
        settings_of(net),
        [],
        options.stalls,
        options.netlist,
        options.four_valued,
    )
    bits, before = 0, net
    if isinstance(net, BinaryWindows):
        job.readout = net.readout.copy()
    else:
        assert isinstance(job.layout, Layout)
        del job.classifiers[: -job.layout.classifiers]  # hardware that only infers holds the one that predicts
        net.walk_block = job.layout.column  # the machine's order of reinforcement
        bits = job.layout.index_bits if options.cache_key else 0
        before = copy.deepcopy(net) if options.trace else net
    progress("golden model", 0, 1)
    if machine.training:
        job.epochs, expected = play(net, training, epochs, bits, options)
    else:
        job.epochs, expected = infer(net, epochs)
    if options.trace and not isinstance(before, BinaryWindows):
        job.course = GoldenCourse(before, expected.batches)
    progress("golden model", 1, 1)
    observed = _simulate(job, directory, options, progress)
    if observed.difference:
        raise DifferenceError(observed.difference)
    return compare(job, expected, observed)


def _simulate(job: Job, directory: Path, options: Options, progress: Progress) -> Observed:
    """Build the testbench in ``directory`` and run it; waveform and coverage go where ``options`` say."""
    progress("Verilator build", 0, 1)
    directory.mkdir(parents=True, exist_ok=True)
    source = options.edit(bench_verilog(job))
    simulation: Simulation | Icarus
    if options.four_valued:
        simulation = Icarus(source, "bench", directory)
    else:
        simulation = Simulation(
            source, "bench", directory, PLANE, options.waves is not None, options.quick, options.coverage is not None
        )
    progress("Verilator build", 1, 1)
    with locked(simulation.directory, "build"):
        observed = _run(simulation, job, progress)
        if isinstance(simulation, Simulation):
            if options.waves is not None:
                with naming(options.waves):
                    shutil.move(simulation.waveform, options.waves)
            if options.coverage is not None:
                shutil.move(simulation.counts, options.coverage)
    return observed


def _run(simulation: Simulation | Icarus, job: Job, progress: Progress) -> Observed:
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
                "bep_sim.drive",
                {"BEP_JOB": str(job_file), "BEP_OBSERVED": str(seen_file), "BEP_PROGRESS": str(progress_file)},
            )
        finally:
            finished.set()
            watcher.join()
        if not seen_file.exists():
            raise SimulatorError(f"the simulation ended early; see {simulation.directory / 'run.log'}")
        progress("simulation", total, total)
        return Observed.load(seen_file)
