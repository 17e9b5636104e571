import numpy as np
import pytest

from bep_verify.mutation.player import Verdict
from bep_verify.upset.curves import curve, flip_counters
from bep_verify.upset.trials import BEHIND_RESET, HIT, NEXT, OUTCOMES, outcome, tally, trials
from tests.ref.small_run import task


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_flipped_bit_of_a_counter_is_its_twos_complement_bit_and_twice_is_nothing(bits):
    half = 1 << bits - 1
    q = np.arange(-half, half)
    for bit in range(bits):
        flipped = q.copy()
        places = np.arange(len(q)) * bits + bit
        flip_counters(flipped, bits, places)
        assert np.array_equal(flipped & (2 * half - 1), (q & (2 * half - 1)) ^ 1 << bit)
        assert flipped.min() >= -half
        assert flipped.max() < half
        flip_counters(flipped, bits, places)
        assert np.array_equal(flipped, q)


SECTIONS = 10
WRONG = [
    ({}, "masked"),
    ({HIT.start: "differs"}, "healed"),
    ({HIT.start: "hangs", NEXT.start: "hangs"}, "hangs"),
    ({HIT.start: "differs", NEXT.start: "hangs"}, "hangs"),
    ({HIT.start: "differs", NEXT.stop - 1: "differs"}, "silent"),
    ({BEHIND_RESET.stop - 1: "differs"}, "lost"),
]


@pytest.mark.parametrize(("wrong", "name"), WRONG)
def test_the_outcome_follows_from_the_sections(wrong, name):
    assert outcome([Verdict(wrong.get(number, "equal"), 1, 1) for number in range(SECTIONS)]) == name


def test_upsets_in_hardware_end_in_one_of_the_outcomes_and_a_reset_heals_them(tmp_path):
    rows = trials(tmp_path, others=6, times=2, seed=1, progress=lambda *stage: None)
    states, others = tally(rows)
    assert (states["kind"], others["kind"]) == ("state machine", "other")
    assert others["upsets"] == 12
    assert states["upsets"] >= 2 * 8
    assert sum(row[name] for row in (states, others) for name in OUTCOMES) == len(rows)
    assert states["lost"] == others["lost"] == 0
    assert states["masked"] < states["upsets"], "an upset of a state machine can be seen"


@pytest.mark.parametrize("plane", ["counters", "visible"])
def test_many_upsets_cost_accuracy_and_training_heals_it(plane):
    done = []
    small = task(sigma=4.0)
    quiet, loud = (
        curve(small, plane, rate, upset_epochs=2, healing_epochs=2, done=lambda: done.append(1)) for rate in (0.0, 0.3)
    )
    assert len(quiet) == len(loud) == 4
    assert len(done) == 8
    assert loud[1] < quiet[1] - 0.1
    assert loud[3] > loud[1] + 0.05
