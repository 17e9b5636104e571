"""The trace port beside the golden model's course: clean runs, and bugs that are found where they are made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from amaranth.back import rtlil

from bep.main import main
from bep_hw.plan.layout import Layout
from bep_hw.trainer import Trainer
from bep_ref.config import AnyNetwork, ConfigError, Machine, Network, RecurrentNetwork, Training
from bep_ref.networks.initial import initial_net
from bep_ref.networks.mlp import BinaryMlp
from bep_sim import cosim
from bep_sim.cosim import DifferenceError, cosimulate
from bep_sim.course import GoldenCourse, MiniBatch
from bep_sim.follow.events import CounterGroup
from bep_sim.options import Options
from bep_sim.report import Report
from tests.cli.commands import SMALL
from tests.verify.test_planted_bugs import BUGS, plant

NETWORK = Network(10, (8, 6), 3, counter_bits=3)
RECURRENT = RecurrentNetwork(6, 8, 6, 3, counter_bits=3, steps=3)
MACHINE = Machine(lanes=6, update_lanes=3, backward_lanes=5)
TRAINING = Training(group_size=(4, 3), batch_size=6, gate=0.25, sigma=2.0)
SAMPLES = 14

KINDS = {
    "commit",
    "desired activation",
    "end of a sample",
    "logit",
    "pre-activation",
    "prediction",
    "reinforcement",
    "step of counters",
    "trigger",
    "winner",
}


def samples(network: AnyNetwork) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    y = random.integers(0, network.classes, SAMPLES)
    if isinstance(network, Network):
        return random.choice([-1, 1], (SAMPLES, network.inputs)), y
    x = random.choice([-1, 1], (SAMPLES, network.steps, network.inputs))
    x[np.arange(network.steps) > random.integers(0, network.steps, SAMPLES)[:, None]] = 0
    return x, y


def run(folder: Path, network: AnyNetwork = NETWORK, machine: Machine = MACHINE, epochs: int = 1) -> Report:
    training = replace(TRAINING, rule=machine.rule)
    net = initial_net(network, training, "readable")
    return cosimulate(
        net, training, machine, [samples(network)] * epochs, folder, Options(quick=folder / "quick", trace=True)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of all builds here: the simulator's own code is compiled once."""
    return tmp_path_factory.mktemp("trace")


@pytest.mark.parametrize(
    ("network", "machine"),
    [
        (NETWORK, Machine(lanes=8, update_lanes=2, z_buffers=2, hits_ahead=4, spram=True)),
        (NETWORK, replace(MACHINE, rule="local")),
        (RECURRENT, MACHINE),
    ],
    ids=["SPRAM, two buffers", "local error signals", "recurrent"],
)
def test_every_step_is_the_golden_models(folder, network, machine):
    report = run(folder, network, machine, epochs=2)
    assert report.mismatches == 0
    assert report.traced.keys() == KINDS
    rows = len(network.widths) * SAMPLES
    assert report.traced["pre-activation"] >= 2 * rows
    assert report.traced["trigger"] == 2 * (rows if machine.rule == "local" else SAMPLES)
    assert report.traced["prediction"] == report.traced["end of a sample"] == 2 * SAMPLES


def golden() -> BinaryMlp:
    net = initial_net(NETWORK, TRAINING, "readable")
    assert isinstance(net, BinaryMlp)
    net.walk_block = Layout(NETWORK, MACHINE).column
    return net


def first_batch() -> tuple[np.ndarray, np.ndarray]:
    x, y = samples(NETWORK)
    return x[: TRAINING.batch_size], y[: TRAINING.batch_size]


def forgotten_bits() -> str:
    """The tree of six lanes without lanes 3 and 4, at the first neuron where one of them agrees."""
    x, _ = first_batch()
    net, layout = golden(), Layout(NETWORK, MACHINE)
    agree = net.weights[0] == x[0]
    lane = (layout.layers[0].first_column * layout.column + np.arange(NETWORK.inputs)) % MACHINE.lanes
    lost = agree[:, np.isin(lane, [3, 4])].sum(axis=1)
    neuron = int(np.flatnonzero(lost)[0])
    z = int(net.forward(x)[0][0][0, neuron])
    return (
        f"epoch 1, sample 0, layer 1, neuron {neuron}: pre-activation is {z - 2 * lost[neuron]}, "
        f"the golden model has {z}"
    )


def closed_gate() -> str:
    """The first neuron of layer 2 with |z| at the threshold, of a sample that triggers."""
    decided = golden().decide(*first_batch())
    at = (np.abs(decided.z[1]) == 2) & decided.triggers[1][:, None]  # 0.25 of a fan-in of 8
    sample, neuron = np.argwhere(at)[0]
    wanted = "+1" if decided.targets[1][sample, neuron] > 0 else "-1"
    return (
        f"epoch 1, sample {sample}, layer 2, neuron {neuron}: desired activation is {wanted} (gate closed), "
        f"the golden model has {wanted} (gate open)"
    )


def tied_winner() -> str:
    """The first group in which two wrong neurons are as near, the last layer's groups before the first's."""
    decided = golden().decide(*first_batch())
    for sample in np.flatnonzero(decided.triggers[0]):
        for layer in (1, 0):
            z, target = decided.z[layer][sample], decided.targets[layer][sample]
            size = TRAINING.group_size[layer]
            for group in range(len(z) // size):
                rows = range(group * size, (group + 1) * size)
                wrong = [row for row in rows if (z[row] >= 0) != (target[row] > 0)]
                nearest = [row for row in wrong if abs(z[row]) == min(abs(z[wrong]))]
                if len(nearest) > 1:
                    sides = ["+1" if target[row] > 0 else "-1" for row in nearest]
                    return (
                        f"epoch 1, sample {sample}, layer {layer + 1}, group {group}: "
                        f"winner is neuron {nearest[-1]} towards {sides[-1]}, "
                        f"the golden model has neuron {nearest[0]} towards {sides[0]}"
                    )
    raise AssertionError("no tie")


def wrapped_counter() -> str:
    """The first counter that a step leaves at its limit."""
    x, y = first_batch()
    steps = GoldenCourse(golden(), [MiniBatch(1, 0, x, y, None)]).steps(Layout(NETWORK, MACHINE))
    next(steps)
    for sample, group in next(steps)["counters"]:
        assert isinstance(group, CounterGroup)
        for lane, (before, after) in enumerate(zip(group.before, group.after, strict=True)):
            if before == after:
                place = f"{sample}, layer {group.matrix + 1}, neuron {group.row}, input {group.first + lane}"
                wrapped = {3: -4, -4: 3}[before]
                return (
                    f"{place}: step of counters: counter goes from {before} to {wrapped}, "
                    f"the golden model's from {before} to {after}"
                )
    raise AssertionError("no counter at its limit")


FIRST = {
    "popcount forgets a bit": forgotten_bits,
    "gate: |z| at the threshold is kept out": closed_gate,
    "winner: the last of equals": tied_winner,
    "saturation: a counter wraps": wrapped_counter,
}


@pytest.mark.parametrize("bug", FIRST)
def test_the_first_step_that_a_bug_spoils_is_named(bug, folder, monkeypatch):
    plant(monkeypatch, BUGS[bug])
    with pytest.raises(DifferenceError) as found:
        run(folder)
    assert str(found.value) == FIRST[bug]()


def test_only_hardware_that_learns_can_be_traced(tmp_path):
    with pytest.raises(ConfigError, match="trace: only hardware that learns has a trace port"):
        run(tmp_path, machine=replace(MACHINE, training=False))
    assert not any(tmp_path.iterdir())


def test_the_command_ends_with_the_line_and_code_1(capsys, monkeypatch):
    line = "epoch 1, sample 17, layer 2, neuron 5: pre-activation is 12, the golden model has 14"

    def differs(task, machine, epochs, count, directory, progress, waves, trace):
        assert trace
        raise DifferenceError(line)

    monkeypatch.setattr(cosim, "cosimulate_task", differs)
    assert main(["cosim", "--data", SMALL, "--hidden", "16", "8", "--trace"]) == 1
    assert capsys.readouterr().err.strip() == f"bep: {line}"


@pytest.mark.parametrize("network", [NETWORK, RECURRENT], ids=["perceptron", "recurrent"])
def test_nothing_of_the_port_is_in_hardware_without_it(network):
    plain, traced = (
        rtlil.convert(Trainer(network, MACHINE, trace), name="trainer", emit_src=False) for trace in (False, True)
    )
    assert "trace" not in plain
    # but for the trainer itself, and units that hand a signal out, the units are the same
    assert len(modules(plain)) == len(modules(traced))
    assert "trace__pre_activation" in traced


def modules(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.startswith("module ")]
