"""The ablation of gates: every run counted once, kept, and not measured again; a picture."""

import json

import pytest
from matplotlib.image import imread

from bep_studies.bench.gate_plot import gate_plot
from tests.cli.commands import complaint, run_json
from tests.ref.small_series import write_archive


def test_a_small_study_is_kept_and_drawn(tmp_path, capsys, monkeypatch):
    data, plot = write_archive(tmp_path), tmp_path / "plot.png"
    command = ["bench", "gate", "--data", data, "--windows", 2, 3, "--gates", 1, 0.1, "--epochs", 1, "--seeds", 2]
    result = run_json(capsys, *command, "--build", tmp_path / "runs", "--plot", plot)
    points = [(row["window"], row["gate"]) for row in result["rows"]]
    assert points == [(2, 0.1), (2, 1), (3, 0.1), (3, 1)]
    for row in result["rows"]:
        found = row["test_accuracy"]
        assert 0.3 < found["min"] <= found["mean"] <= found["max"] <= 1
    settings = [json.loads(kept.read_text())["run"]["settings"] for kept in (tmp_path / "runs").iterdir()]
    assert sorted((own["window"], own["gate"]) for own in settings) == sorted(2 * points), "a run for each seed"
    assert imread(plot)[..., :3].std() > 0.02, "something is drawn"
    assert gate_plot(result["rows"]) == plot.read_bytes()
    monkeypatch.setattr("bep.kept.multiprocessing.get_context", None)  # no process can be started
    assert run_json(capsys, *command, "--build", tmp_path / "runs") == result


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--seeds", 0], "seeds: 0 is out of range; it must be at least 1"),
        (["--gates", 0.1, 1.5], "gates: 1.5 is out of range; it must be above 0 and at most 1"),
        (["--plot", "nowhere/plot.png"], "plot: the folder of nowhere/plot.png does not exist"),
        (["--data", "sequence:letters"], "data: sequence: unknown 'letters'"),
        (["--windows", 9], "windows: 9 is out of range; it must be 1 to 8, the shortest of sequence:digits"),
        (["--data", "digits"], "data: digits holds no sequences"),
    ],
)
def test_bad_options_are_one_line(capsys, tmp_path, options, expected):
    assert expected in complaint(capsys, "bench", "gate", "--build", tmp_path, *options)
