"""Whole training runs in Verilator against the golden model, and a planted fault that must not pass."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bep_ref.config import Machine, Network, RecurrentNetwork, Training
from bep_ref.networks.initial import initial_net
from bep_sim.cosim import Progress, cosimulate, silent
from bep_sim.options import Options
from bep_sim.report import Report
from bep_sim.tools.verilator import SimulatorError

NETWORK = Network(30, (16, 12), 5)
TRAINING = Training(group_size=(4, 3), batch_size=8, gate=0.3, sigma=6.0)


def run(directory: Path, machine: Machine, epochs: int = 3, progress: Progress = silent, **options: object) -> Report:
    """Train on random samples around five prototypes: learnable, with errors left in every epoch."""
    random = np.random.default_rng(5)
    prototypes = random.choice([-1, 1], (NETWORK.classes, NETWORK.inputs))
    y = random.integers(0, NETWORK.classes, 60)
    x = prototypes[y] * random.choice([-1, 1], (60, NETWORK.inputs), p=[0.25, 0.75])
    training = replace(TRAINING, rule=machine.rule)
    net = initial_net(NETWORK, training, "readable")
    return cosimulate(net, training, machine, [(x, y)] * epochs, directory, Options(**options), progress)


def inverted_tie_break(source: str) -> str:
    """The winner search's "smaller" becomes "smaller or equal": the last of equals wins."""
    scan = re.search(r"module [^;]*backward\.scan .*?endmodule", source, re.DOTALL)
    assert scan is not None
    smaller = re.findall(r" < ", scan.group())
    assert len(smaller) == 1, "the winner search compares once"
    return source.replace(scan.group(), scan.group().replace(" < ", " <= "))


@pytest.mark.parametrize(
    "machine",
    [
        Machine(lanes=12, update_lanes=4, backward_lanes=7),
        Machine(lanes=16, update_lanes=2, z_buffers=2, hits_ahead=4, spram=True),
        Machine(lanes=12, update_lanes=4, backward_lanes=7, rule="local"),
    ],
    ids=["block RAM", "SPRAM, two buffers, hits ahead", "local error signals"],
)
def test_every_bit_is_equal_after_whole_epochs(tmp_path: Path, machine: Machine) -> None:
    seen: list[tuple[str, int, int]] = []
    report = run(tmp_path, machine, progress=lambda *stage: seen.append(stage))
    assert report.first_difference == ""
    assert report.mismatches == 0
    assert report.counters_compared == report.visible_compared == 3 * NETWORK.synapses
    assert report.samples == report.predictions_compared == 180
    assert 0 < report.triggered <= 180
    counted = report.epochs[-1]
    assert counted["samples"] == 60
    assert counted["commits"] == 8
    assert min(report.cycles_by_pass.values()) > 0
    assert sum(report.cycles_by_pass.values()) == report.cycles
    assert seen[-1] == ("simulation", 180, 180)


@pytest.mark.parametrize("training", [True, False])
def test_a_recurrent_network_learns_sequences_of_several_lengths(tmp_path: Path, training: bool) -> None:
    network = RecurrentNetwork(10, 12, 8, 3, steps=4)
    settings = replace(TRAINING, group_size=(4, 4), gate=0.1)
    random = np.random.default_rng(3)
    x = random.choice([-1, 1], (40, 4, network.inputs))
    x[np.arange(4) > random.integers(0, 4, 40)[:, None]] = 0
    y = random.integers(0, network.classes, 40)
    machine = Machine(lanes=12, update_lanes=4, backward_lanes=7, training=training)
    net = initial_net(network, settings, "readable")
    report = cosimulate(net, settings, machine, [(x, y)] * 2, tmp_path)
    assert report.first_difference == ""
    assert report.counters_compared == (2 * network.synapses if training else 0)
    assert report.visible_compared == 2 * network.synapses
    assert report.predictions_compared == 80
    if not training:
        waiting = report.cycles_by_pass.pop("waiting")
        counted = sum(epoch["propagate_words"] for epoch in report.epochs)
        assert sum(report.cycles_by_pass.values()) == counted == report.cycles - waiting


def test_hardware_that_only_infers_predicts_the_same_and_compares_no_counter(tmp_path: Path) -> None:
    report = run(tmp_path, Machine(lanes=12, update_lanes=4, training=False), epochs=2)
    assert report.mismatches == report.triggered == report.counters_compared == report.update_utilisation == 0
    assert report.visible_compared == 2 * NETWORK.synapses
    assert report.predictions_compared == 120
    words = {"forward, layer 1": 120 * 16 * 3, "forward, layer 2": 120 * 12 * 2, "classify": 120 * 5}
    assert report.cycles_by_pass == words | {"waiting": report.cycles - sum(words.values())}
    assert sum(words.values()) == sum(epoch["propagate_words"] for epoch in report.epochs)


def test_a_planted_fault_is_caught_and_its_waveform_kept(tmp_path: Path) -> None:
    waves = tmp_path / "run.vcd"
    report = run(tmp_path, Machine(lanes=12, update_lanes=4), epochs=1, edit=inverted_tie_break, waves=waves)
    assert report.mismatches > 0
    assert report.first_difference.startswith("epoch ")
    assert "$enddefinitions" in waves.read_text()


def test_without_a_compiler_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(SimulatorError, match=r"needs a C\+\+ compiler \(no-such-compiler\)"):
        run(tmp_path, Machine(lanes=12, update_lanes=4))
