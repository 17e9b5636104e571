"""A stranger's mistakes: each gives one clear line, exit code 2, and nothing half written."""

import gzip
import struct

import numpy as np
import pytest

from bep.main import main
from tests.cli.commands import SMALL, TRAIN, complaint


@pytest.fixture
def model(tmp_path):
    assert main([*TRAIN, "--out", str(tmp_path / "run")]) == 0
    return tmp_path / "run" / "model.npz"


def idx(array):
    array = np.asarray(array, np.uint8)
    return struct.pack(f">{1 + array.ndim}I", 0x800 | array.ndim, *array.shape) + array.tobytes()


def mnist(folder, cut=0, label=9):
    """Twenty training and test images; they lose ``cut`` bytes, the last test label is ``label``."""
    folder.mkdir()
    images, labels = idx(np.zeros((20, 4, 4))), np.arange(20) % 10
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(images[: len(images) - cut])
        last = label if part == "t10k" else 9
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx([*labels[:-1], last])))
    return f"mnist:{folder}"


def test_unknown_data(capsys, tmp_path):
    line = complaint(capsys, "train", "--data", "iris", "--out", tmp_path / "run")
    assert line.startswith("bep: error: data: unknown 'iris'; known are digits, prototypes[")
    assert not (tmp_path / "run").exists()


def test_truncated_idx_file(capsys, tmp_path):
    line = complaint(capsys, "train", "--data", mnist(tmp_path / "d", cut=3), "--out", tmp_path / "run")
    assert line.endswith("train-images-idx3-ubyte: truncated: 333 bytes where the header announces 336")
    assert not (tmp_path / "run").exists()


def test_labels_out_of_range(capsys, tmp_path):
    line = complaint(capsys, "train", "--data", mnist(tmp_path / "d", label=12), "--out", tmp_path / "run")
    assert line.endswith("label 12 of sample 20 is out of range; it must be 0 to 9")


def test_nan_in_a_csv(capsys, tmp_path):
    (tmp_path / "a.csv").write_text("width,height,kind\n1,2,0\n3,NaN,1\n")
    line = complaint(capsys, "train", "--data", f"csv:{tmp_path / 'a.csv'}", "--out", tmp_path / "run")
    assert line == f"bep: error: {tmp_path / 'a.csv'}: row 3, column 2: NaN is not a finite number"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--group-size", "3"], "group_size: 3 does not divide layer 1's 16 neurons; it must be one of 2, 4, 8, 16"),
        (["--group-size", "2", "2", "2"], "group_size: 3 values for 2 layers; give one per hidden layer"),
        (["--gate", "1.5"], "gate: 1.5 is out of range; it must be 0 to 1 (fraction of the fan-in)"),
        (["--hidden", "0"], "hidden: 0 is out of range"),
        (["--counter-bits", "1"], "counter_bits: 1 is out of range; it must be 2 to 16 bits"),
        (
            ["--binarise", "median=2"],
            "binarise: unknown 'median=2'; it must be median, threshold=V[,V...] or thermometer=B",
        ),
        (["--validation", "0.999"], "validation: 300 of 300 samples held out is out of range; it must be 1 to 296"),
    ],
)
def test_options_out_of_range(capsys, tmp_path, options, expected):
    assert expected in complaint(capsys, *TRAIN, *options, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_damaged_and_foreign_models(capsys, tmp_path, model):
    content = model.read_bytes()
    capsys.readouterr()
    for damage in (content[:-100], content[:200] + b"\0" * 50 + content[250:], b"", b"PK\3\4 not a zip"):
        model.write_bytes(damage)
        assert "damaged, or not an .npz archive" in complaint(capsys, "eval", model, "--data", SMALL)
    np.savez(model, weights=np.ones(3))
    for command in (["eval", model, "--data", SMALL], ["info", model]):
        assert complaint(capsys, *command).endswith("model.npz: not a bep-model file; it holds weights")
    checkpoint = model.with_name("checkpoint.npz")
    assert complaint(capsys, "info", checkpoint).endswith("checkpoint.npz: not a bep-model file")
    assert complaint(capsys, "info", tmp_path / "none").endswith("none: no such file")


def test_model_of_another_shape(capsys, model):
    capsys.readouterr()
    other = SMALL.replace("bits=40", "bits=41")
    assert complaint(capsys, "eval", model, "--data", other).endswith("has 41 features; the model needs 40")


def test_resume_refuses_what_it_cannot_continue(capsys, tmp_path, model):
    capsys.readouterr()
    out = ["--out", model.parent, "--resume"]
    assert "no such file" in complaint(capsys, "train", "--out", tmp_path, "--resume")
    assert "resume: seed: 9 differs from the run in" in complaint(capsys, "train", *out, "--seed", 9)
    assert "is not the data that the run in" in complaint(capsys, "train", *out, "--data", SMALL + ",seed=5")
    assert "--data SPEC is needed, unless --resume" in complaint(capsys, "train", "--out", tmp_path)
    checkpoint = model.with_name("checkpoint.npz")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-30])
    assert "checkpoint.npz: damaged" in complaint(capsys, "train", *out)


def test_results_that_cannot_be_written(capsys, tmp_path):
    (tmp_path / "file").write_text("in the way")
    line = complaint(capsys, "train", "--data", "digits", "--out", tmp_path / "file" / "run")
    assert line.startswith(f"bep: error: {tmp_path / 'file'}")
