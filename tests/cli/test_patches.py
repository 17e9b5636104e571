"""``bep train``, ``eval`` and ``info`` with patches and a read-out; presets; hardware's refusals."""

import gzip
import struct

import numpy as np
import pytest

from bep.main import main
from tests.cli.commands import SMALL, TRAIN, complaint, run_json

PATCHES = ["train", "--data", "digits", "--hidden", 32, "--patch", 4, "--readout", 8, "--settle-after", 2]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    assert main([str(word) for word in [*PATCHES, "--epochs", 3, "--out", folder]]) == 0
    return folder


@pytest.fixture
def images(tmp_path):
    """A folder of IDX files: 12 x 12 pixels, the class in the brightest column."""
    rng = np.random.default_rng(5)
    for part, count in (("train", 300), ("t10k", 100)):
        y = (np.arange(count) % 10).astype(np.uint8)
        x = rng.integers(0, 120, (count, 12, 12)).astype(np.uint8)
        x[np.arange(count), :, y + 1] += 130
        for kind, array in (("images-idx3", x), ("labels-idx1", y)):
            header = struct.pack(f">{1 + array.ndim}I", 0x0800 | array.ndim, *array.shape)
            (tmp_path / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))
    return f"mnist:{tmp_path}"


def test_a_model_with_patches_is_measured_and_shown(trained, capsys):
    result = run_json(capsys, "eval", trained / "model.npz", "--data", "digits")
    assert result["accuracy"] > 0.6
    info = run_json(capsys, "info", trained / "model.npz")
    assert (info["network"]["patch"], info["network"]["readout"], info["network"]["image"]) == (4, 8, [8, 8])
    assert info["synapses"] == 32 * 4 * 4 * 3
    assert info["training"]["settle_after"] == 2


def test_resume(trained, tmp_path, capsys):
    run_json(capsys, *PATCHES, "--epochs", 1, "--out", tmp_path)
    assert "resume: readout: 9 differs" in complaint(
        capsys, "train", "--out", tmp_path, "--resume", "--readout", 9, "--epochs", 3
    )
    run_json(capsys, "train", "--out", tmp_path, "--resume", "--epochs", 3)
    assert (tmp_path / "model.npz").read_bytes() == (trained / "model.npz").read_bytes()


def test_a_preset_yields_to_options(images, tmp_path, capsys):
    preset = ["train", "--data", images, "--preset", "patches", "--out", tmp_path / "run"]
    run_json(capsys, *preset, "--hidden", 128, "--settle-after", 2, "--epochs", 3)
    info = run_json(capsys, "info", tmp_path / "run" / "model.npz")
    assert info["network"]["patch"] == 9
    assert (info["network"]["hidden"], info["training"]["epochs"]) == ([128], 3)


def test_presets_that_do_not_exist_are_named(images, tmp_path, capsys):
    out = ["--out", tmp_path / "run"]
    assert "preset: digits has no 'best'; it has none" in complaint(
        capsys, "train", "--data", "digits", "--preset", "best", *out
    )
    line = complaint(capsys, "train", "--data", images, "--preset", "best", *out)
    assert line.endswith("has no 'best'; it has patches")
    assert "preset: patches is out of range; a resumed run" in complaint(
        capsys, "train", "--preset", "patches", "--resume", *out
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["cosim", "--data", "digits", "--patch", 4], "patch: 4 is out of range; it must be 0 here so far"),
        (["cosim", "--data", "digits", "--readout", 8], "readout: 8 is out of range; it must be 0 here so far"),
        ([*TRAIN, "--patch", 3], f"patch: {SMALL} holds no images, which patches are of"),
    ],
)
def test_what_hardware_and_data_refuse(capsys, tmp_path, command, expected):
    assert expected in complaint(capsys, *command)


def test_verilog_refuses_a_model_with_patches(trained, tmp_path, capsys):
    line = complaint(capsys, "verilog", trained / "model.npz", "-o", tmp_path / "trainer.v")
    assert "patch: 4 is out of range; it must be 0 here so far" in line
    assert not (tmp_path / "trainer.v").exists()
