"""The table of training in software: its opponents do the same bits, and a small run measures them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryMlp, ConfigError
from bep_ref.distribution import how_to_install
from bep_studies.bench.software.blas_mlp import BlasMlp
from bep_studies.bench.software.contender import CONTENDERS
from bep_studies.bench.software.helped_numpy import HelpedMlp
from bep_studies.bench.software.rounds import measure_all
from tests.cli.commands import complaint, run_json
from tests.ref.networks.test_packed import assert_same_state, networks

DATA = "prototypes:classes=3,bits=40,flip=0.2,train=300,test=60"


@settings(max_examples=40, deadline=None)
@given(networks(), st.sampled_from([BlasMlp, HelpedMlp]), st.integers(1, 30))
def test_numpy_with_blas_does_the_same_bits(network, tuned, samples):
    options, rng = network
    options["dead_zone"] = None  # the only one that the table's opponents know
    readable, blas = BinaryMlp(**options), tuned(**options)
    chances = [0.1] * len(readable.counters)
    for _ in range(2):
        x = rng.choice([-1, 1], (samples, readable.network.inputs))
        y = rng.integers(0, readable.network.classes, samples)
        expected, batch = readable.step(x, y, chances), blas.step(x, y, chances)
        assert [won.tolist() for won in batch.winners] == [won.tolist() for won in expected.winners]
        assert batch.predictions.tolist() == expected.predictions.tolist()
        assert_same_state(readable, blas)


def test_a_small_run(capsys, monkeypatch):
    names = ["packed", "plain_numpy"]
    result = run_json(capsys, "bench", "sw", "--mnist", DATA, "--only", *names, "--rounds", 2, "--epochs", 1)
    assert [row["name"] for row in result["rows"]] == names
    assert result["machine"]["versions"]["numpy"] == np.__version__
    first, second = result["rows"]
    assert first["digests"] == second["digests"]
    assert len(set(first["digests"])) == 2, "every round has a seed of its own"
    for row in result["rows"]:
        assert row["test_accuracy"]["min"] > 0.5
        assert row["samples_per_second"]["min"] <= row["samples_per_second"]["median"]
        assert 20 < row["peak_memory_mb"]["median"] < 2000


def test_both_engines_of_window_networks_are_contenders(capsys):
    names = ["windows", "windows_readable", "packed"]
    result = run_json(capsys, "bench", "sw", "--mnist", DATA, "--only", *names, "--rounds", 1, "--epochs", 1)
    packed, readable, perceptron = (row["digests"] for row in result["rows"])
    assert packed == readable != perceptron


def test_engines_that_differ_are_no_result(monkeypatch):
    def turn(name, *_):
        figures = {"samples_per_second": 1.0, "test_accuracy": 1.0, "peak_memory_mb": 1.0}
        return figures | {"digest": None if name == "pytorch" else name}

    monkeypatch.setattr("bep_studies.bench.software.rounds._turn", turn)
    assert len(measure_all(["packed", "pytorch"], DATA, 1, 1, lambda *_: None)) == 2
    with pytest.raises(ConfigError, match="engines: they ended with different counters"):
        measure_all(["packed", "plain_numpy"], DATA, 1, 1, lambda *_: None)


def test_bad_options_are_one_line(capsys, monkeypatch):
    assert f"only: 'jax' is not known; known are {', '.join(CONTENDERS)}" in complaint(
        capsys, "bench", "sw", "--only", "jax"
    )
    assert "rounds: 0 is out of range" in complaint(capsys, "bench", "sw", "--rounds", 0)
    monkeypatch.setattr("bep_studies.commands.bench_sw.installed_version", lambda package: None)
    assert f"tsetlin: needs tmu: {how_to_install('tmu')}" in complaint(capsys, "bench", "sw", "--only", "tsetlin")
    monkeypatch.undo()
    missing = complaint(capsys, "bench", "sw", "--mnist", "mnist:nowhere", "--only", "packed", "--rounds", 1)
    assert "nowhere" in missing
