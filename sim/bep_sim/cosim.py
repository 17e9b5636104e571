"""Trains the same network twice, in the golden model and in the simulated hardware, and compares every bit."""

import copy
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bep_hw.plan.images import last_steps, pack_visible
from bep_hw.plan.registers import address, cache_settings, reinforcement_settings, settings
from bep_hw.tools.verilog import to_verilog
from bep_hw.trainer import Trainer
from bep_ref.config import ConfigError, Machine, Training, on_chip
from bep_ref.files.lock import locked
from bep_ref.files.naming import naming
from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.networks.rnn import BinaryRnn
from bep_ref.networks.rules import sign
from bep_ref.runs import shuffle
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, reinforcement
from bep_sim.bench import TrainerBench
from bep_sim.course import Course, MiniBatch
from bep_sim.job import Epoch, Job, Observed
from bep_sim.passes import cycles_by_pass
from bep_sim.stalls import Pace
from bep_sim.tally import Tally
from bep_sim.tools.icarus import Icarus
from bep_sim.tools.netlist import Netlist
from bep_sim.tools.verilator import Simulation, SimulatorError

Ints = NDArray[Any]
PLANE = {"bench.trainer.visible": "column*"}
"""Module and name of the visible plane's memories, which the driver looks into."""
Progress = Callable[[str, int, int], None]
"""Told a stage, how much of it is done, and of how much."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Report:
    """What was compared, what differed, and how long the hardware took.

    Utilisation is the share of cycles in which an engine read a word of its memory. During a mini-batch the engine
    with more to read bounds the run, during its commit the update engine does: ``bound_utilisation`` is theirs.
    ``cycles_by_pass`` add up to ``cycles``. ``traced`` are the steps of a trace that were compared, by kind.
    """

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
    bound_utilisation: float
    cycles_by_pass: dict[str, int]
    epochs: tuple[dict[str, Any], ...]
    traced: dict[str, int]


class DifferenceError(Exception):
    """A step of the hardware is not the golden model's: which one, in one line."""


@dataclass
class _Expected:
    """The golden model's course, in the shape of `Observed`."""

    predictions: list[Ints]
    triggered: list[Ints]
    counters: list[list[Ints]]
    hits: list[int] = field(default_factory=list)
    batches: list[MiniBatch] = field(default_factory=list)


def _infer(net: BinaryMlp | BinaryRnn, epochs: list[tuple[Ints, Ints]]) -> tuple[list[Epoch], _Expected]:
    """The golden model's predictions; nothing is learned."""
    predictions = [net.predict(x) for x, _ in epochs]
    nothing = [np.zeros(len(y), dtype=bool) for _, y in epochs]
    return [Epoch({}, x, y, none, ~none) for (x, y), none in zip(epochs, nothing, strict=True)], _Expected(
        predictions, nothing, [net.matrices] * len(epochs)
    )


def _play(
    net: BinaryMlp | BinaryRnn,
    course: Sequence[Training],
    epochs: list[tuple[Ints, Ints]],
    cache_bits: int,
    key: int,
    ask_every: int,
    streamed: Collection[int],
) -> tuple[list[Epoch], _Expected]:
    """Train the golden model, writing down what the hardware needs to do the same.

    With ``cache_bits`` it shuffles the samples of every epoch that is not ``streamed`` by itself, the first by ``key``.
    """
    expected = _Expected([], [], [])
    jobs = []
    training = course[0]
    error_rate = 1.0
    for number, (x, y) in enumerate(epochs):
        registers: dict[int, int] = {}
        cached = cache_bits > 0 and number not in streamed
        if number < len(course):
            training = course[number]
            registers = {address("seed"): net.generator.state}
            if number:  # as a host that goes on from where it was
                net.margin, net.gate, net.group_size = training.margin, training.gate, list(training.group_size)
                registers |= {**_settings(net), address("commit"): 1}
            if cached:
                registers |= cache_settings(len(y), training.batch_size, key)
        chances = reinforcement(net.network, training.reinforcement, error_rate) if training.reinforcement else None
        registers |= reinforcement_settings(chances, len(net.matrices))
        samples = x, y
        if cached:
            shuffled = shuffle.order(key, cache_bits, len(y))
            x, y, key = x[shuffled], y[shuffled], shuffle.next_key(key)
        train = np.ones(len(y), dtype=bool)
        if ask_every and not cached:
            train[ask_every - 1 :: ask_every] = False
        predictions, triggered = np.zeros(len(y), dtype=int), np.zeros(len(y), dtype=bool)
        for start in range(0, len(y), training.batch_size):
            batch = np.arange(start, min(start + training.batch_size, len(y)))
            learned, asked = batch[train[batch]], batch[~train[batch]]
            predictions[asked] = net.predict(x[asked])
            inputs, labels = x[learned], y[learned]
            expected.batches.append(MiniBatch(number + 1, start, inputs, labels, chances))
            step = net.step(inputs, labels, chances)
            predictions[learned], triggered[learned] = step.predictions, step.triggered
        expected.hits.append(int(np.sum(predictions == y)))
        expected.predictions.append(predictions)
        expected.triggered.append(triggered)
        expected.counters.append([q.copy() for q in net.matrices])
        last = np.zeros(len(y), dtype=bool)
        last[training.batch_size - 1 :: training.batch_size] = True
        last[-1] = True
        jobs.append(Epoch(registers, *samples, last, train, cached=cached))
        error_rate = float(np.mean(predictions != y))
    return jobs, expected


def _settings(net: BinaryMlp | BinaryRnn) -> dict[int, int]:
    return settings(net.network, net.margin, net.gate, net.group_size, net.rule)


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

    ``waves`` and ``trace`` as in `cosimulate`.
    """
    rounds = []
    for epoch in range(1, epochs + 1):
        order = np.concatenate(list(batches(task, epoch)))[:samples]
        rounds.append((task.train.x[order], task.train.y[order]))
    # hardware answers to the specification
    network = on_chip(task.network, task.training)
    net = cast(BinaryMlp | BinaryRnn, initial_net(network, task.training, "readable"))
    return cosimulate(net, task.training, machine, rounds, directory, progress, waves, trace=trace)


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
    net: BinaryMlp | BinaryRnn,
    training: Training,
    machine: Machine,
    epochs: list[tuple[Ints, Ints]],
    directory: Path,
    progress: Progress = silent,
    waves: Path | None = None,
    edit: Callable[[str], str] = lambda source: source,
    stalls: Mapping[str, Pace] | None = None,
    cache_key: int = 0,
    quick: Path | None = None,
    netlist: str = "",
    four_valued: bool = False,
    trace: bool = False,
    coverage: Path | None = None,
    later: Sequence[Training] = (),
    ask_every: int = 0,
    streamed: Collection[int] = (),
) -> Report:
    """Train ``net`` (in place) and the hardware on ``epochs`` of samples, and compare.

    Samples are x of ±1, with 0 after the end of a shorter sequence, and y.

    Of a ``machine`` that only infers, predictions and visible weights are compared.

    ``net`` learns by the rule of ``machine``. ``directory`` keeps builds and logs. ``progress`` is told a stage, how
    much of it is done, and of how much.
    ``waves`` keeps a waveform there. ``edit`` changes the Verilog before it is built: tests plant faults with it.
    ``stalls`` of the streams it names (`bep_sim.stalls`). With a ``cache_key`` the hardware learns from its cache, in
    the order of that key and of those that follow it; epochs are then of the same samples, later ones of the first of
    them, and of their predictions the hits are compared. Epochs ``streamed`` come from the host even so.
    ``quick`` as in `Simulation`. A ``netlist``
    (`synthesised`) takes the place of the generated hardware; its visible weights are not compared.
    With ``four_valued`` logic (`bep_sim.tools.icarus`) every output of it has to be known in every cycle.
    With ``trace`` every step is compared when it is taken; the first that differs raises `DifferenceError`.
    ``coverage`` keeps what of the hardware was covered there (`bep_verify.coverage.counts`).
    ``later`` is how the epochs behind the first one learn; of ``ask_every`` samples one is not to be learned.
    """
    if machine.training and machine.rule != training.rule:
        raise ConfigError(f"rule: the network learns by {training.rule}, the machine by {machine.rule}")
    if trace and (netlist or four_valued or not machine.training):
        raise ConfigError("trace: only hardware that learns has a trace port, as generated and in two-valued logic")
    if trace and (later or ask_every):
        raise ConfigError("trace: only a run whose samples are all learned, in the same way, is followed step by step")
    job = Job(
        net.network,
        replace(machine, statistics=True),  # cycles are counted on chip; counting changes nothing else
        [q.copy() for q in net.matrices],
        [p.copy() for p in net.classifiers],
        _settings(net),
        [],
        stalls or {},
        netlist,
        four_valued,
    )
    del job.classifiers[: -job.layout.classifiers]  # hardware that only infers holds the one that predicts
    net.walk_block = job.layout.column  # the machine's order of reinforcement
    progress("golden model", 0, 1)
    bits = job.layout.index_bits if cache_key else 0
    before = copy.deepcopy(net) if trace else net
    if machine.training:
        job.epochs, expected = _play(net, [training, *later], epochs, bits, cache_key, ask_every, streamed)
    else:
        job.epochs, expected = _infer(net, epochs)
    if trace:
        job.course = Course(before, expected.batches)
    progress("golden model", 1, 1)
    progress("Verilator build", 0, 1)
    directory.mkdir(parents=True, exist_ok=True)
    source = edit(bench_verilog(job))
    simulation: Simulation | Icarus
    if four_valued:
        simulation = Icarus(source, "bench", directory)
    else:
        simulation = Simulation(source, "bench", directory, PLANE, waves is not None, quick, coverage is not None)
    progress("Verilator build", 1, 1)
    with locked(simulation.directory, "build"):
        observed = _run(simulation, job, progress)
        if isinstance(simulation, Simulation):
            if waves is not None:
                with naming(waves):
                    shutil.move(simulation.waveform, waves)
            if coverage is not None:
                shutil.move(simulation.counts, coverage)
    if observed.difference:
        raise DifferenceError(observed.difference)
    return _compare(job, expected, observed)


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


def _compare(job: Job, expected: _Expected, observed: Observed) -> Report:
    tally = Tally()
    for number in range(len(job.epochs)):
        where = f"epoch {number + 1}"
        if job.epochs[number].cached:
            tally.equal(f"{where}, hits", np.array(expected.hits[number]), np.array(observed.hits[number]))
        else:
            tally.equal(f"{where}, prediction of sample", expected.predictions[number], observed.predictions[number])
            tally.equal(f"{where}, trigger of sample", expected.triggered[number], observed.triggered[number])
        events = {"samples": len(expected.triggered[number]), "triggers": int(np.sum(expected.triggered[number]))}
        for name, count in events.items():
            tally.equal(f"{where}, {name} counted", np.array(count), np.array(observed.statistics[number][name]))
        for layer, q in enumerate(expected.counters[number]):
            place = f"{where}, layer {layer + 1}"
            if job.machine.training:
                tally.equal(f"{place}, counter", q, observed.counters[number][layer])
            if not job.netlist:
                tally.visible(place, pack_visible(job.layout, layer, sign(q)), observed.visible[number], q.size)
    samples = sum(len(predictions) for predictions in expected.predictions)
    cycles, words, groups, sweeps, swept = (
        sum(entry[name] for entry in observed.statistics)
        for name in ("cycles", "propagate_words", "update_words", "sweep_cycles", "sweep_words")
    )
    steps = sum(last + 1 for epoch in job.epochs for last in last_steps(job.layout, epoch.x))
    return Report(
        samples=samples,
        triggered=sum(entry["triggers"] for entry in observed.statistics),
        mismatches=tally.mismatches,
        counters_compared=tally.compared["counter"],
        visible_compared=tally.compared["visible weight"],
        predictions_compared=tally.compared["prediction of sample"],
        first_difference=tally.first,
        cycles=cycles,
        cycles_per_sample=round(cycles / samples, 2),
        propagate_utilisation=round(words / cycles, 4),
        update_utilisation=round(groups / cycles, 4),
        bound_utilisation=round((max(words, groups - swept) + swept) / cycles, 4),
        cycles_by_pass=cycles_by_pass(job.layout, samples, steps, words, sweeps, cycles),
        epochs=tuple(observed.statistics),
        traced=observed.traced,
    )
