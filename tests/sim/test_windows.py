"""Window networks in co-simulation: whole mini-batches over two epochs, with streams that stall."""

import numpy as np
import pytest

from bep_ref import BinaryWindows, ConfigError, Geometry, Machine, WindowNetwork
from bep_sim.cosim import cosimulate
from bep_sim.options import Options
from bep_sim.stalls import Pace

GEOMETRY = Geometry((10, 9, 2), (3, 4), (3, 2), 4, (3, 1), (2, 2), 1)
NETWORK = WindowNetwork(GEOMETRY, 3, (0.0, 0.2), 5, 7)


def model(seed=1):
    random = np.random.default_rng(seed)
    counters = np.clip(random.normal(0, 3, NETWORK.shapes[0]).round().astype(int), *NETWORK.counter_range)
    readout = np.zeros((NETWORK.classes, NETWORK.units), int)
    return BinaryWindows(
        counters, readout, GEOMETRY, NETWORK.offsets, 0.3, 2.0, draw_bits=2, counter_bits=5, readout_bits=7, seed=seed
    )


def data(count):
    random = np.random.default_rng(3)
    prototypes = random.choice([-1, 1], (NETWORK.classes, NETWORK.inputs))
    y = random.integers(0, NETWORK.classes, count)
    flips = random.random((count, NETWORK.inputs)) < 0.2
    return np.where(flips, -prototypes[y], prototypes[y]).astype(np.int8), y


@pytest.mark.parametrize("machine", [Machine(64, 4, spram=True, draw_bits=2), Machine(48, 8, draw_bits=2)])
def test_hardware_learns_as_the_golden_model_does(machine, tmp_path):
    net = model()
    training = net.training.from_dict(net.training.to_dict() | {"batch_size": 16, "epochs": 2, "settle": 0.5})
    before = net.counters.copy()
    stalls = {"samples": Pace(40, 90, 5), "replies": Pace(60, 90, 6)}
    report = cosimulate(net, training, machine, [data(60)] * 2, tmp_path, Options(stalls=stalls, ask_every=7))
    assert report.mismatches == 0, report.first_difference
    assert report.counters_compared == 2 * (net.counters.size + net.readout.size)
    assert report.predictions_compared == 120
    assert not np.array_equal(before, net.counters)


def test_what_its_hardware_lacks_is_refused(tmp_path):
    net = model()
    with pytest.raises(ConfigError, match="trace: not in the hardware of window networks so far"):
        cosimulate(net, net.training, Machine(48, 8), [data(8)], tmp_path, Options(trace=True))
