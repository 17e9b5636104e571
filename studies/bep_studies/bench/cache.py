"""Epochs from the cache of a simulated board: that they are the golden model's, and how fast they are."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from bep_boards.registry import find
from bep_host.cache import Cache
from bep_host.check import compare, golden_run
from bep_host.device import Device
from bep_host.device_learner import DeviceLearner
from bep_hw.plan.choose import choose_machine
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address, cache_settings
from bep_ref.config import Machine, perceptron
from bep_ref.datasets import load
from bep_ref.networks.initial import initial_net
from bep_ref.runs.shuffle import epoch_key
from bep_ref.runs.task import Samples, Task, prepare
from bep_ref.runs.train import Trainer, reinforcement
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.cosim import cosimulate_task
from bep_sim.tools.compiled import compile_board

BOARD, DATA, HIDDEN = "icebreaker", "digits", (128, 128)
FIRST_LOOK_SECONDS = 0.2
"""After the start of the epoch that is timed; then twice as long after it, again and again."""

Observer = Callable[[str, int, int], None]


def digits(epochs: int) -> tuple[Task, Machine]:
    """All training digits, those held out too (they only time the growth of group sizes), and the board's machine."""
    task = prepare(load(DATA), {"hidden": HIDDEN, "epochs": epochs})
    parts = (task.train, task.validation)
    samples = Samples(np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts]))
    board = find(BOARD)
    network = perceptron(task.network, "data")
    machine = choose_machine(network, board.lanes, **board.machine, cache_samples=len(samples))
    bits = Layout(network, machine).index_bits
    return replace(task, train=samples, training=replace(task.training, shuffle_bits=bits)), machine


def measure(epochs: int, directory: Path, show: Observer) -> dict[str, Any]:
    """Train ``epochs`` on the simulated board, compare, and time one beside co-simulation; plain JSON types."""
    task, machine = digits(epochs)
    network = perceptron(task.network, "data")
    streamed = cosimulate_task(task, machine, 1, None, directory / "cosim", show)
    with SimulatedBoard(compile_board(network, machine, directory / "board")) as board:
        with Device(board.port) as device:
            cache = Cache(device, task.train.x, task.train.y, lambda done, total: show("samples", done, total))
            cycles, looked = _time(device, task, cache)
            trainer = Trainer(task, DeviceLearner(device, task, initial_net(network, task.training)))
            trainer.teach = cache.teach
            trainer.run(lambda run: show("epochs", len(run.history), epochs))
            check = compare(golden_run(task, device.layout), trainer)
    return {
        "network": str(task.network),
        "machine": machine.to_dict(),
        "samples": len(task.train),
        "epochs": epochs,
        **asdict(check),
        "train_accuracy": [round(epoch.train_accuracy, 4) for epoch in trainer.history],
        "streamed_cycles_per_sample": streamed.cycles_per_sample,
        "streamed_mismatches": streamed.mismatches,
        "cached_cycles_per_sample": round(cycles, 2),
        "cached_samples_timed": looked,
        "cached_over_streamed": round(cycles / streamed.cycles_per_sample, 4),
        "bytes_lost": board.statistics["bytes_lost"],
    }


def _time(device: Device, task: Task, cache: Cache) -> tuple[float, int]:
    """Cycles a sample of the first epoch, and over how many of its samples.

    Nobody asks the board meanwhile but for a few looks, which cost it the time of a few samples.
    """
    net = DeviceLearner(device, task, initial_net(task.network, task.training))
    net.prepare(reinforcement(task.network, task.training.reinforcement, 1.0))
    key = epoch_key(task.training.seed, 1)
    device.write_registers(cache_settings(cache.size, task.training.batch_size, key))
    places = [address(name) for name in ("cycles", "samples", "cache_epochs")]
    before = device.read(Space.REGISTERS, places)
    device.write_registers({address("cache_epochs"): 1})
    started, wait = time.perf_counter(), FIRST_LOOK_SECONDS
    cycles, samples = 0, 0
    while True:
        time.sleep(max(0.0, started + wait - time.perf_counter()))
        now = device.read(Space.REGISTERS, places)
        if not now[2]:
            break
        cycles, samples = ((last - first) % 2**32 for last, first in zip(now[:2], before[:2], strict=True))
        wait *= 2
    return cycles / max(1, samples), samples
