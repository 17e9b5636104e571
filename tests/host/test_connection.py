"""What the host makes of a bad cable: everything is carried out once, or one line says that nothing answers."""

import numpy as np
import pytest

from bep_host import connection
from bep_host.device import Device
from bep_host.device_learner import DeviceLearner
from bep_host.errors import LinkError
from bep_ref.config import ConfigError
from bep_ref.networks.initial import initial_net
from tests.host.cable import Cable, EveryNth, cut

pytestmark = pytest.mark.xdist_group("simulated board")


@pytest.mark.parametrize("lose", [False, True], ids=["inverts", "loses"])
def test_a_cable_that_spoils_bytes_changes_no_weight(board, task, lose, monkeypatch):
    monkeypatch.setattr(connection, "REPLY_SECONDS", 0.3)
    net = initial_net(task.network, task.training, "readable")
    x, y = task.train.x[:60], task.train.y[:60]
    with Cable(board.port) as cable, Device(cable.port) as device:
        cable.to_board, cable.to_host = EveryNth(211, lose), EveryNth(173, lose)
        learner = DeviceLearner(device, task, initial_net(task.network, task.training, "readable"))
        for batch in np.split(np.arange(len(y)), 6):
            told, wanted = learner.step(x[batch], y[batch]), net.step(x[batch], y[batch])
            assert told.predictions.tolist() == wanted.predictions.tolist()
            assert told.triggered.tolist() == wanted.triggered.tolist()
        found = device.counters()
        assert device.connection.repeated > 5
    for wanted, read in zip(net.counters, found, strict=True):
        assert np.array_equal(wanted, read)


def test_a_first_frame_that_is_lost_is_sent_again(board, task):
    with Cable(board.port) as cable:
        spoilt = EveryNth(5, lose=True)
        cable.to_board = lambda data: spoilt(data) if spoilt.passed < 12 else data
        with Device(cable.port, 3_000_000) as device:
            assert device.network == task.network


def test_a_board_that_is_cut_off_is_told_in_one_line(board, task, monkeypatch):
    monkeypatch.setattr(connection, "REPLY_SECONDS", 0.05)
    with Cable(board.port) as cable, Device(cable.port) as device:
        cable.to_board = cut
        with pytest.raises(LinkError, match="the board does not answer any more"):
            device.infer(task.test.x[:3])


def test_what_does_not_fit_the_board_is_refused(board, task):
    with Device(board.port) as device:
        for x, told in ((task.test.x[:2, :-1], "the board takes"), (task.test.x[:2, None], "the board takes")):
            with pytest.raises(ConfigError, match=told):
                device.infer(x)
        with pytest.raises(ConfigError, match="its layers have shapes"):
            device.load([np.zeros((16, 40))], [np.ones((4, 8))])
