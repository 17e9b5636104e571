"""Folders that ``bep report`` cannot show: one line, and no page."""

import json

import pytest

from tests.cli.commands import complaint
from tests.report.folders import add_build, add_cosim


def test_no_such_folder(tmp_path, capsys):
    line = complaint(capsys, "report", tmp_path / "run")
    assert line.startswith(f"bep: error: run: {tmp_path / 'run'} is not a folder")


def test_a_folder_without_results(tmp_path, capsys):
    assert "holds no results (metrics.json" in complaint(capsys, "report", tmp_path)
    (tmp_path / "checkpoint.npz").write_bytes(b"begun")
    assert complaint(capsys, "report", tmp_path).endswith(f"bep train --out {tmp_path} --resume completes it")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.json", "{"),
        ("metrics.json", "[]"),
        ("metrics.json", '{"history": [{"epoch": 1}]}'),
        ("metrics.json", "\N{SNOWMAN}"),
        ("cosim.json", '{"network": "4-2-2", "machine": 3}'),
        ("icebreaker/report.json", '{"board": "icebreaker"}'),
        ("icebreaker/floorplan.json", '{"cells": [[1, 2]]}'),
    ],
)
def test_a_damaged_file_is_named(tmp_path, capsys, name, content):
    add_cosim(tmp_path)
    add_build(tmp_path)
    (tmp_path / name).write_text(content)
    line = complaint(capsys, "report", tmp_path)
    assert line.startswith(f"bep: error: {tmp_path / name}: damaged, or of another program")
    assert not (tmp_path / "report.html").exists()


def test_a_cell_beside_the_chip(tmp_path, capsys):
    add_build(tmp_path)
    file = tmp_path / "icebreaker" / "floorplan.json"
    plan = json.loads(file.read_text())
    plan["cells"].append([26, 0, 0, 0, 1])
    file.write_text(json.dumps(plan))
    assert "a cell outside of the grid" in complaint(capsys, "report", tmp_path)


def test_nowhere_to_write(tmp_path, capsys):
    add_cosim(tmp_path)
    line = complaint(capsys, "report", tmp_path, "--out", tmp_path / "no" / "page.html")
    assert line == f"bep: error: out: the folder of {tmp_path / 'no' / 'page.html'} does not exist"
