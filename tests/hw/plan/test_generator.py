"""The digest of a build follows everything that decides what is generated."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth.back import rtlil

from bep_hw.hardware import hardware
from bep_hw.plan import generator
from bep_hw.plan.generator import ROOT, generator_files
from bep_hw.plan.identity import build_digest
from bep_ref import Machine, Network, RecurrentNetwork

NETWORK, MACHINE = Network(12, (8, 6), 3), Machine(lanes=8, update_lanes=4)
DIGEST = """
import sys; sys.path.insert(0, sys.argv[1])
from bep_hw.plan import generator
from bep_hw.plan.identity import build_digest
from bep_ref import Machine, Network
assert str(generator.ROOT) == sys.argv[1]
print(build_digest(Network(12, (8, 6), 3), Machine(lanes=8, update_lanes=4)))
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of the sources, to edit."""
    for package in ("bep_hw", "bep_ref"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def digest_of(copy):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", DIGEST, str(copy)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("bep_ref/runs/shuffle.py", "TAPS = (0, 1, 21)", "TAPS = (0, 1, 20)"),
        ("bep_ref/networks/reinforce.py", "DIGITS = ", "DIGITS = 1 + "),
        ("bep_ref/config/thresholds.py", "def gate_threshold", "GATE = 1\n\n\ndef gate_threshold"),
        ("bep_hw/line/uart.py", '"""', '"""A'),
    ],
)
def test_an_edit_of_what_the_gates_follow_gives_another_digest(copy, file, before, after):
    assert digest_of(copy) == build_digest(NETWORK, MACHINE)
    text = (copy / file).read_text()
    assert before in text
    (copy / file).write_text(text.replace(before, after, 1))
    assert digest_of(copy) != build_digest(NETWORK, MACHINE)


def test_an_edit_elsewhere_does_not(copy):
    for file in ("bep_ref/datasets/digits.py", "bep_ref/networks/mlp.py"):
        (copy / file).write_text((copy / file).read_text() + "# looked at\n")
    assert digest_of(copy) == build_digest(NETWORK, MACHINE)


def test_another_amaranth_gives_another_digest(monkeypatch):
    def digests():
        generator.generator_digest.cache_clear()
        return generator.generator_digest()

    now, real = digests(), generator.installed_version
    for library in ("amaranth", "numpy"):
        with monkeypatch.context() as other:
            other.setattr(generator, "installed_version", lambda name, new=library: "9" if name == new else real(name))
            assert digests() != now
    assert digests() == now


@pytest.mark.parametrize(
    ("network", "machine"),
    [
        (NETWORK, Machine(lanes=8, update_lanes=4, cache_samples=300)),
        (NETWORK, Machine(lanes=8, update_lanes=4, rule="local", hits_ahead=16, z_buffers=2)),
        (NETWORK, Machine(lanes=8, update_lanes=4, training=False)),
        (RecurrentNetwork(8, 8, 8, 3, steps=4), MACHINE),
    ],
    ids=["cache", "local", "inference", "recurrent"],
)
def test_no_other_file_of_ours_runs_while_hardware_is_generated(network, machine):
    ran = set()
    sys.setprofile(lambda frame, *_: ran.add(frame.f_code.co_filename))
    try:
        rtlil.convert(hardware(network, machine), name="top", emit_src=False)
    finally:
        sys.setprofile(None)
    ours = {Path(name) for name in ran if Path(name).parent.is_relative_to(ROOT) and "bep_" in name}
    ours = {path for path in ours if path.relative_to(ROOT).parts[0].startswith("bep_")}
    assert ROOT / "bep_hw/trainer.py" in ours or ROOT / "bep_hw/inference.py" in ours
    assert ours - set(generator_files()) == set()
