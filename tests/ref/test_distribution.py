"""What a message says that a missing package is installed by: a command that works, wherever this program came from."""

import json
import shlex
import sys
import tomllib
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from bep_ref.distribution import DISTRIBUTION, how_to_install, installed_version

ROOT = Path(__file__).parents[2]
REQUIRES = [
    "numpy<3,>=2.0",
    'numba<1,>=0.60; extra == "fast"',
    'bep-fpga[fast]; extra == "sklearn"',
    'cocotb<3,>=2.0; extra == "sim"',
    "amaranth-boards>=0.0.21; extra == 'synth'",
]


class Metadata(Distribution):
    """Metadata of an installation whose ``direct_url.json`` holds ``origin``, beside sources in ``beside``."""

    def __init__(self, origin=None, beside=Path("/nowhere")):
        self.origin, self.beside = origin, beside

    def read_text(self, filename):
        return json.dumps(self.origin) if filename == "direct_url.json" and self.origin else None

    def locate_file(self, path):
        return self.beside / path

    @property
    def requires(self):
        return REQUIRES


@pytest.fixture
def installed(monkeypatch):
    """Replaces the installed metadata."""

    def replace(*found):
        monkeypatch.setattr("bep_ref.distribution._installed", lambda: iter(found))

    monkeypatch.setattr(sys, "executable", "/opt/python3")
    return replace


def test_from_an_index_the_name_is_enough(installed):
    installed(Metadata())
    assert how_to_install("numba") == "/opt/python3 -m pip install 'bep-fpga[fast]'"
    assert how_to_install("amaranth_boards.icebreaker") == "/opt/python3 -m pip install 'bep-fpga[synth]'"
    assert how_to_install("cocotb_tools") == "/opt/python3 -m pip install 'bep-fpga[sim]'"
    assert how_to_install("numpy") == "/opt/python3 -m pip install bep-fpga"
    assert how_to_install("a_stranger") == "/opt/python3 -m pip install a-stranger"


def test_a_checkout_is_named_by_its_path(installed, tmp_path, monkeypatch):
    folder = tmp_path / "my bep"
    folder.mkdir()
    for editable, option in ((True, "-e "), (False, "")):
        installed(Metadata({"url": folder.as_uri(), "dir_info": {"editable": editable}}))
        assert how_to_install("numba") == f"/opt/python3 -m pip install {option}{shlex.quote(f'{folder}[fast]')}"
    with monkeypatch.context() as inside:
        inside.chdir(folder)
        assert how_to_install("numba") == "/opt/python3 -m pip install '.[fast]'"
    folder.rmdir()
    assert how_to_install("numba") == "/opt/python3 -m pip install '.[fast]'  # in a checkout"


def test_sources_that_were_never_installed_are_a_checkout_too(installed, tmp_path):
    (tmp_path / "pyproject.toml").touch()
    installed(Metadata(beside=tmp_path))
    assert how_to_install("numba") == f"/opt/python3 -m pip install -e '{tmp_path}[fast]'"
    # an environment's own metadata knows better
    installed(Metadata(beside=tmp_path), Metadata({"url": "file:///a/b.whl", "archive_info": {}}))
    assert how_to_install("numba") == "/opt/python3 -m pip install 'bep-fpga[fast] @ file:///a/b.whl'"


def test_without_metadata_the_package_itself_is_named(installed):
    installed()
    assert how_to_install("numba") == "/opt/python3 -m pip install numba"


def test_the_interpreter_is_named_from_the_working_directory(installed, monkeypatch, tmp_path):
    installed(Metadata())
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert how_to_install("numpy") == ".venv/bin/python -m pip install bep-fpga"


def test_name_and_version_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION
    assert installed_version() == project["version"]
    assert installed_version("a-package-that-nobody-has") is None
