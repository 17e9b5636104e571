"""The study of counter widths: every run counted once, kept, and not measured again."""

from matplotlib.image import imread

from tests.cli.commands import complaint, run_json

DATA = "prototypes:classes=3,bits=40,flip=0.2,train=300,test=60"


def test_a_small_study_is_kept_and_drawn(tmp_path, capsys):
    command = ["bench", "counters", "--mnist", DATA, "--only", "mnist", "--epochs", 2, "--seeds", 2]
    command += ["--widths", 4, 9, "--batches", 1, 50, "--build", tmp_path / "rows", "--plot", tmp_path / "plot.png"]
    result = run_json(capsys, *command)
    assert [(row["batch_size"], row["counter_bits"]) for row in result["rows"]] == [(1, 4), (1, 9), (50, 4), (50, 9)]
    for row in result["rows"]:
        found = row["test_accuracy"]
        assert row["seeds"] == 2
        assert 0.3 < found["min"] <= found["mean"] <= found["max"] <= 1
    assert imread(tmp_path / "plot.png")[..., :3].std() > 0.02, "something is drawn"
    rows = sorted((tmp_path / "rows").iterdir())
    assert len(rows) == 8
    rows[0].write_text(rows[0].read_text().replace('"test_accuracy": 0.', '"test_accuracy": 7.'))
    assert max(row["test_accuracy"]["max"] for row in run_json(capsys, *command)["rows"]) > 7, "kept, not measured"
    other = run_json(capsys, *command, "--epochs", 1)
    assert max(row["test_accuracy"]["max"] for row in other["rows"]) <= 1, "another run is measured"


def test_bad_options_are_one_line(capsys, tmp_path):
    base = ["bench", "counters", "--build", tmp_path]
    assert "seeds: 0 is out of range; it must be at least 1" in complaint(capsys, *base, "--seeds", 0)
    line = complaint(capsys, *base, "--only", "digits", "--widths", 1)
    assert "widths: 1 is out of range; it must be 2 to 16 bits" in line
