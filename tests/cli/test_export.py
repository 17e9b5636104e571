"""``bep export`` and ``bep import``: files that come and go whole, and one line for what cannot be."""

import pytest

from bep.main import main
from bep_ref.runs.model import Model
from tests.cli.commands import TRAIN, complaint, run_json


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    assert main([*TRAIN, "--out", str(folder)]) == 0
    return folder / "model.npz"


@pytest.mark.parametrize(("kind", "name"), [("qonnx", "model.onnx"), ("npz", "plain.npz")])
def test_a_network_comes_back_and_learns_on(trained, kind, name, tmp_path, capsys):
    run_json(capsys, "export", trained, "--to", kind, "-o", tmp_path / name)
    result = run_json(capsys, "import", tmp_path / name, "-o", tmp_path / "again.npz")
    model, again = Model.load(trained), Model.load(tmp_path / "again.npz")
    assert result["classes"] == list(model.class_names)
    assert all(((p >= 0) == (q >= 0)).all() for p, q in zip(model.counters, again.counters, strict=True))
    assert (again.classifiers[0] == model.classifiers[0]).all()
    assert run_json(capsys, "info", tmp_path / "again.npz")["validation_accuracy"] is None


def test_folders_get_all_files(trained, tmp_path, capsys):
    source = run_json(capsys, "export", trained, "--to", "c", "-o", tmp_path / "c")
    images = run_json(capsys, "export", trained, "--to", "mem", "--lanes", 16, "-o", tmp_path / "mem")
    assert images["machine"]["lanes"] == 16
    for result, folder in ((source, "c"), (images, "mem")):
        assert sorted(result["files"]) == sorted(map(str, (tmp_path / folder).iterdir()))


def test_bad_input_leaves_nothing(trained, tmp_path, capsys):
    out = tmp_path / "out"
    assert "batch: 0 is out of range" in complaint(capsys, "export", trained, "--to", "qonnx", "--batch", 0, "-o", out)
    assert "update_lanes: 3" in complaint(
        capsys, "export", trained, "--to", "mem", "--lanes", 8, "--update-lanes", 3, "-o", out
    )
    assert "no such file" in complaint(capsys, "import", tmp_path / "none.onnx", "-o", out)
    assert "of no known kind" in complaint(capsys, "import", trained.parent / "metrics.json", "-o", out)
    assert "no array 'weights1'" in complaint(capsys, "import", trained, "-o", out)
    assert list(tmp_path.iterdir()) == []
