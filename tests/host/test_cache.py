"""A simulated board that holds the training samples and learns epochs by itself: the golden model's bits, still."""

import time
from dataclasses import replace

import numpy as np
import pytest

from bep.main import main
from bep_host.cache import Cache
from bep_host.device import Device
from bep_host.device_learner import DeviceLearner
from bep_hw.plan.registers import REGISTERS, address
from bep_ref.config import ConfigError
from bep_ref.networks.initial import initial_net
from bep_ref.runs.shuffle import epoch_key
from bep_ref.runs.train import Trainer, batches
from bep_sim.board.simulated_board import SimulatedBoard
from bep_sim.tools.compiled import compile_board
from tests.cli.commands import run_json
from tests.host.small_board import MACHINE, OPTIONS

pytestmark = pytest.mark.xdist_group("simulated board")

CACHED = replace(MACHINE, update_lanes=4, spram=True, cache_samples=280)
"""In simulation SPRAM is a plain memory of the same manners; 280 samples are numbered by 9 bits."""


@pytest.fixture(scope="session")
def cached_program(task, tmp_path_factory):
    return compile_board(task.network, CACHED, tmp_path_factory.mktemp("board"))


@pytest.fixture
def cached_board(cached_program):
    with SimulatedBoard(cached_program) as simulated:
        yield simulated
    assert simulated.statistics["bytes_lost"] == 0


def test_epochs_from_the_cache_give_the_bits_of_software_in_the_same_order(cached_board, tmp_path, capsys):
    board, software = tmp_path / "board", tmp_path / "software"
    result = run_json(capsys, "run", "--port", cached_board.port, *OPTIONS, "--out", board, "--check")
    assert (result["cached"], result["mismatches"], result["repeated"]) == (True, 0, 0)
    assert main(["train", *OPTIONS, "--shuffle-bits", "9", "--out", str(software)]) == 0
    assert (board / "model.npz").read_bytes() == (software / "model.npz").read_bytes()


def test_a_run_from_the_cache_goes_on_wherever_it_is_resumed(cached_board, board, tmp_path, capsys):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main(["train", *OPTIONS, "--shuffle-bits", "9", "--out", str(whole)]) == 0
    capsys.readouterr()
    begun = [*OPTIONS[:-1], "1", "--out", str(parts)]
    assert run_json(capsys, "run", "--port", cached_board.port, *begun)["cached"]
    resumed = ["--out", str(parts), "--resume", "--epochs"]
    assert not run_json(capsys, "run", "--port", board.port, *resumed, "2")["cached"], "that board has no cache"
    assert run_json(capsys, "run", "--port", cached_board.port, *resumed, "3")["cached"]
    assert (parts / "model.npz").read_bytes() == (whole / "model.npz").read_bytes()


def test_streaming_keeps_the_order_of_software(cached_board, tmp_path, capsys):
    result = run_json(
        capsys, "run", "--port", cached_board.port, *OPTIONS, "--stream", "--out", tmp_path / "board", "--check"
    )
    assert (result["cached"], result["mismatches"]) == (False, 0)
    assert main(["train", *OPTIONS, "--out", str(tmp_path / "software")]) == 0
    assert (tmp_path / "board/model.npz").read_bytes() == (tmp_path / "software/model.npz").read_bytes()


@pytest.fixture
def shuffled(task):
    return replace(task, training=replace(task.training, shuffle_bits=9, reinforcement=0.0))


def test_many_epochs_without_the_host_who_may_ask_meanwhile(cached_board, shuffled):
    golden = initial_net(shuffled.network, shuffled.training)
    correct = 0
    for epoch in range(1, 9):
        results = [
            (y, golden.step(shuffled.train.x[index], y))
            for index in batches(shuffled, epoch)
            for y in [shuffled.train.y[index]]
        ]
        correct = sum(int(np.sum(batch.predictions == y)) for y, batch in results)
    seen = []
    with Device(cached_board.port) as device:
        net = DeviceLearner(device, shuffled, initial_net(shuffled.network, shuffled.training))
        cache = Cache(device, shuffled.train.x, shuffled.train.y)

        def watch(left, last_hits):
            seen.append(left)
            device.infer(shuffled.validation.x[:3])  # between two samples of the epoch

        assert cache.learn(shuffled.training.batch_size, epoch_key(1, 1), 8, watch) == correct
        assert all(map(np.array_equal, net.matrices, golden.matrices))
        assert device.read_register("cache_epochs") == 0
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == 8, "somebody has asked in the first epoch"


def test_a_board_stops_in_mid_epoch_and_takes_another_run(cached_board, shuffled):
    with Device(cached_board.port) as device:
        golden = Trainer(shuffled)
        DeviceLearner(device, shuffled, golden.net)
        cache = Cache(device, shuffled.train.x, shuffled.train.y)

        def interrupted(left, correct):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cache.learn(10, epoch_key(1, 1), 250, interrupted)
        samples = device.read_register("samples")
        time.sleep(0.1)
        assert (device.read_register("cache_epochs"), device.read_register("samples")) == (0, samples)
        board = Trainer(shuffled, DeviceLearner(device, shuffled, initial_net(shuffled.network, shuffled.training)))
        board.teach = cache.teach
        golden.run()
        board.run()
    assert all(map(np.array_equal, board.net.matrices, golden.net.matrices))
    assert [epoch.errors for epoch in board.history] == [epoch.errors for epoch in golden.history]


def test_more_samples_than_the_cache_holds_are_sent_in_every_epoch(cached_board, shuffled, tmp_path, capsys):
    more = [*OPTIONS[:-1], "1", "--validation", "0.05", "--out", str(tmp_path)]
    assert not run_json(capsys, "run", "--port", cached_board.port, *more)["cached"]
    with Device(cached_board.port) as device:
        with pytest.raises(ConfigError, match=f"281 samples are out of range; {cached_board.port} holds 1 to 280$"):
            Cache(device, shuffled.train.x[np.arange(281) % 200], shuffled.train.y[np.arange(281) % 200])


def test_a_board_without_a_cache_says_so(board):
    with Device(board.port) as device:
        assert device.machine.cache_samples == device.read_register("cache_capacity") == 0
    assert address("cache_epochs") == REGISTERS["cache_epochs"].address
