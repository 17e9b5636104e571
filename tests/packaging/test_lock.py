"""The lock file holds one version of everything that is installed, within the ranges of pyproject.toml."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINES = (ROOT / "requirements.lock").read_text().splitlines()
LOCKED = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
UNLOCKED = {"bench"}
"""Extras that `make` installs for `make figures` alone."""


def test_lines_are_names_and_versions_without_addresses():
    assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.!-]+", line) for line in LINES)


def test_every_dependency_is_locked_within_its_range():
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(line for name in extras.keys() - UNLOCKED for line in extras[name])]
    for requirement in map(Requirement, wanted):
        if requirement.name != PROJECT["name"]:
            assert LOCKED[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_every_range_has_both_ends_or_is_one_version():
    for requirement in map(Requirement, PROJECT["dependencies"]):
        signs = {part.operator for part in requirement.specifier}
        assert signs in ({">=", "<"}, {"~="}, {"=="}), requirement


def test_make_knows_how_much_it_installs():
    [line] = [line for line in LINES if "installed size" in line]
    assert re.fullmatch(r"# installed size in MB: demo \d+, everything \d+", line)
