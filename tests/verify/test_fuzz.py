import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep.main import main
from bep_hw.plan.images import pack_whole_samples
from bep_hw.plan.layout import Layout
from bep_ref.config import check_group_sizes
from bep_sim import cosim
from bep_verify import fuzz
from bep_verify.fuzz import Attempt, attempt, sources
from bep_verify.trial import draw, drawn, samples_of
from tests.cli.commands import complaint, run_json
from tests.sim.test_cosim import inverted_tie_break

SLICE = 1856
"""From here on: two perceptrons' machines and a recurrent one that stream, and local error signals from the cache."""


@given(st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_every_trial_that_can_be_drawn_can_be_built(choices):
    trial = drawn(choices, seed=1)
    layout = Layout(trial.network, trial.machine)
    check_group_sizes(trial.training.group_size, trial.network.widths)
    x, y = samples_of(trial)
    assert len(pack_whole_samples(layout, x)) == len(y) == trial.samples
    assert trial.samples <= trial.machine.cache_samples or not trial.cache_key


def test_a_seed_is_a_trial_for_ever():
    assert draw(7) == draw(7) == drawn(random.Random(7), 7)
    kinds = [draw(seed) for seed in range(200)]
    for having in (
        lambda trial: trial.cache_key,
        lambda trial: len(trial.network.widths) == 3,
        lambda trial: hasattr(trial.network, "state"),
        lambda trial: trial.machine.rule == "local",
        lambda trial: not trial.machine.training,
        lambda trial: trial.network.classes > 20,
        lambda trial: len(trial.stalls) == 4,
    ):
        assert 3 < sum(bool(having(trial)) for trial in kinds) < 150


def test_a_slice_is_exact_and_what_is_done_is_not_done_again(tmp_path, capsys):
    options = ["fuzz", "--seed", SLICE, "--build", tmp_path]
    first = run_json(capsys, *options, "--count", "3")
    assert (first["trials"], first["exact"]) == (3, 3)
    all_of_them = run_json(capsys, *options, "--count", "4")
    assert all_of_them["exact"] == 4
    assert all_of_them["rows"][:3] == first["rows"], "to the processor's tenths of a second"
    assert not list(tmp_path.glob("seed-*")), "builds of what passed are gone"


def test_faulty_hardware_fails_and_its_build_is_kept(tmp_path, monkeypatch):
    generated = cosim.bench_verilog
    monkeypatch.setattr(cosim, "bench_verilog", lambda job: inverted_tie_break(generated(job)))
    # groups of all neurons, of few inputs: ties are everywhere
    trial = draw(6)
    training = replace(trial.training, group_size=trial.network.widths, margin=2.0)
    monkeypatch.setattr(fuzz, "draw", lambda seed: replace(trial, training=training))
    row = attempt(tmp_path, Attempt(6, sources()))
    assert row["mismatches"] > 0
    assert row["failure"].startswith("epoch 1")
    assert list((tmp_path / "seed-6").glob("bench-*/bench.v"))


def test_a_failure_says_how_to_see_it_again(tmp_path, capsys):
    run = Attempt(12, sources())
    row = {"trial": draw(12).to_dict(), "network": "1-2-3", "mismatches": 1, "failure": "epoch 1 is not epoch 2"}
    run.file(tmp_path).write_text(json.dumps({"result": row}))
    assert main(["fuzz", "--seed", "12", "--count", "1", "--build", str(tmp_path)]) == 1
    assert "again: bep fuzz --seed 12 --count 1" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "value"), [("count", 0), ("seed", -1), ("jobs", 0)])
def test_numbers_out_of_range_are_refused(option, value, capsys):
    line = complaint(capsys, "fuzz", f"--{option}", value)
    assert line.startswith(f"bep: error: {option}: {value} is out of range")
