"""From data to a task: disjoint parts, binarisers that see training data only, presets that yield."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from tests.ref.small_run import SPEC, task


def test_parts_are_disjoint_and_stratified():
    data = load(SPEC)
    prepared = task(validation=0.25)
    assert (len(prepared.train), len(prepared.validation), len(prepared.test)) == (450, 150, 200)
    together = np.concatenate([prepared.train.x, prepared.validation.x])
    assert sorted(map(bytes, together)) == sorted(map(bytes, data.x_train))
    assert np.bincount(prepared.validation.y).max() - np.bincount(prepared.validation.y).min() <= 1


def test_binariser_never_sees_held_out_or_test_samples(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {"x": rng.normal(size=(50, 3)), "y": np.arange(50) % 2, "x_test": rng.normal(size=(9, 3))}
    np.savez(tmp_path / "a.npz", y_test=np.arange(9) % 2, **arrays)
    settings = {"hidden": (4,), "binarise": "thermometer=4", "seed": 1}
    first = prepare(load(f"npz:{tmp_path / 'a.npz'}"), settings)
    train_only = arrays["x"].copy()
    bits = first.binariser(arrays["x"])
    held_out = [row for row in range(50) if not (first.train.x == bits[row]).all(axis=1).any()]
    assert held_out
    train_only[held_out] = 1e6  # would move every quantile if it were looked at
    np.savez(tmp_path / "a.npz", x=train_only, y=arrays["y"], x_test=arrays["x_test"] * 1e6, y_test=np.arange(9) % 2)
    second = prepare(load(f"npz:{tmp_path / 'a.npz'}"), settings)
    assert (first.binariser.thresholds == second.binariser.thresholds).all()


def test_data_presets_yield_to_explicit_settings():
    assert task().training.batch_size == 32
    assert prepare(load(SPEC), {"hidden": (24, 16)}).training.group_size == (12, 16)


def test_one_group_size_serves_all_layers():
    assert task(group_size=(8,)).training.group_size == (8, 8)
    with pytest.raises(ConfigError, match="group_size: 12 does not divide layer 2's 16 neurons"):
        task(group_size=(12,))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"validation": 0.0001}, "validation: 0 of 600 samples held out"),
        ({"hidden": (1,)}, "hidden: 1 is out of range"),
        ({"binarise": "x"}, "binarise: unknown 'x'"),
        ({"binarise": "threshold=" + ",".join(map(str, range(1200)))}, "inputs: 72000 is out of range"),
    ],
)
def test_settings_that_do_not_suit_are_named(change, expected):
    with pytest.raises(ConfigError) as error:
        task(**change)
    assert expected in str(error.value)
