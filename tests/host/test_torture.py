"""Damaged frames at every position, noise, repetitions and disconnections: nothing but whole frames acts, each once."""

import pytest

from bep_host import torture
from bep_host.device import Device
from bep_host.torture import Torture, damaged

pytestmark = pytest.mark.xdist_group("simulated board")


def test_no_damaged_frame_changes_a_weight_and_the_next_one_works(board, task):
    with Device(board.port) as device:
        found = Torture(device, task, seed=1).run(1100)
    assert found["undetected"] == found["wrong_replies"] == found["mismatches"] == 0
    assert found["frames"] >= 1100
    assert min(found["kinds"].values()) > 150
    assert (found["disconnections"], found["counters_compared"]) == (2, task.network.synapses)
    assert 0 < found["harmless"] < 300, "damage must be damage"


def test_a_weight_changed_behind_the_golden_models_back_is_seen(board, task, monkeypatch):
    """The torture itself must be able to fail: a bad frame is sent as a good one of another sample."""

    def another_sample(whole, kind, position, numbers):
        return torture.frame(whole[1:3] + b"\x02" + bytes(5))

    monkeypatch.setattr(torture, "damaged", another_sample)
    with Device(board.port) as device:
        found = Torture(device, task, seed=1).run(20)
    assert found["undetected"] > 0
    assert found["wrong_replies"] > 0
    assert found["mismatches"] > 0


@pytest.mark.parametrize("kind", torture.KINDS)
def test_every_kind_of_accident_happens(kind):
    numbers = torture.random.Random(0)
    results = [damaged(bytes(range(20)), kind, position, numbers) for position in range(20)]
    lengths = {len(result) for result in results}
    assert sum(result != bytes(range(20)) for result in results) >= 19
    if kind == "truncated":
        assert lengths == set(range(20))
    else:
        wanted = {"flipped": {20}, "replaced": {20}, "dropped": {19}, "inserted": {21}}
        assert lengths <= wanted.get(kind, set(range(21, 29)))
