"""What the user has installed, exported and called a folder does not reach the tools that are run."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from hypothesis import given
from hypothesis import strategies as st

from bep.main import main
from bep_boards.flow.tools import Job, run
from bep_hw.tools import caches
from bep_hw.tools.environment import as_tool, tool_environment
from bep_hw.tools.paths import PLAIN, without_blanks
from bep_hw.tools.verilog import VerilogError, to_verilog
from tests.cli.commands import SMALL
from tests.hw.tools.hostile import EXPORTED, install

ROOT = Path(__file__).parents[3]
IN_FOLDERS = ("sim", "boards", "verify", "studies")
PYTHONS = {"verify/bep_verify/coverage/software.py", "studies/bep_studies/bench/software/rounds.py"}
"""They start tests, and measurements, of this project."""
STARTS = ("run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput")


class Counter(wiring.Component):
    run: In(1)
    count: Out(4)

    def elaborate(self, platform):
        m = Module()
        count = Signal(4)
        with m.If(self.run):
            m.d.sync += count.eq(count + 1)
        m.d.comb += self.count.eq(count)
        return m


@pytest.fixture(scope="module")
def verilog():
    return to_verilog(Counter(), "counter")


@pytest.fixture
def forgotten():
    """Folders of caches are looked for again, before the test and after it."""
    for found in (caches.cache_folder, caches.private_folder):
        found.cache_clear()
    yield
    for found in (caches.cache_folder, caches.private_folder):
        found.cache_clear()


def test_other_tools_and_variables_change_no_verilog(monkeypatch, tmp_path, verilog):
    place = install(monkeypatch, tmp_path)
    assert to_verilog(Counter(), "counter") == verilog
    assert not (place / "used").exists(), "another Yosys was asked"


def test_a_yosys_that_was_chosen_on_purpose_is_used(monkeypatch, tmp_path, verilog):
    install(monkeypatch, tmp_path, "#!/bin/sh\necho 'Yosys 0.99'\necho 'cannot find libx.so' >&2\nexit 127\n")
    monkeypatch.setenv("AMARANTH_USE_YOSYS", "system")
    with pytest.raises(VerilogError, match=r"^yosys: cannot find libx\.so$"):
        to_verilog(Counter(), "counter")
    monkeypatch.setenv("AMARANTH_USE_YOSYS", "best")
    with pytest.raises(VerilogError, match="unrecognized clause 'best'"):
        to_verilog(Counter(), "counter")


def test_synthesis_runs_in_any_folder_with_anything_exported(monkeypatch, tmp_path):
    place = install(monkeypatch, tmp_path)
    (place / "inverter.v").write_text("module top(input a, output b); assign b = !a; endmodule\n")
    run(Job("yosys", ("-q", "-p", "read_verilog inverter.v; synth -top top; write_json out.json"), place))
    assert "$_NOT_" in (place / "out.json").read_text()
    assert not (place / "used").exists()


def test_a_tool_gets_none_of_what_others_want(monkeypatch):
    for name, value in EXPORTED.items():
        monkeypatch.setenv(name, value)
    own = tool_environment()
    assert not [name for name in EXPORTED if own.get(name) == EXPORTED[name]]
    monkeypatch.delenv("PATH")
    assert tool_environment(Path("/first"))["PATH"].startswith(f"/first{os.pathsep}")
    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError), as_tool():
        assert "MAKEFLAGS" not in os.environ
        _ = 1 / 0
    assert dict(os.environ) == before


@pytest.mark.parametrize("home", ["/proc/none", "/dev/null", "relative", ""])
def test_a_home_that_cannot_be_written_to(monkeypatch, tmp_path, forgotten, verilog, home):
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CACHE_HOME", "YOWASP_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    if home in ("/proc/none", "/dev/null", "relative"):
        assert caches.cache_folder() == tmp_path / f"bep-{os.getuid()}"
    assert to_verilog(Counter(), "counter") == verilog
    assert main(["info", "--json", str(tmp_path / "info.json")]) == 0


def test_drawing_says_nothing_of_a_home_that_cannot_be_written_to(tmp_path):
    variables = {name: value for name, value in os.environ.items() if name not in ("XDG_CACHE_HOME", "MPLCONFIGDIR")}
    argv = [sys.executable, "-m", "bep", "train", "--data", SMALL, "--hidden", "4", "--epochs", "1", "--out", "run"]
    done = subprocess.run(
        argv, env=variables | {"HOME": "/proc/none"}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "atplotlib" not in done.stderr
    assert (tmp_path / "run" / "learning_curve.png").exists()


def test_caches_of_the_users_choice_are_kept(monkeypatch, tmp_path, forgotten):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("YOWASP_CACHE_DIR", "/proc/none/at/all")
    own = tool_environment()
    assert own["XDG_CACHE_HOME"] == str(tmp_path / "mine")
    assert own["YOWASP_CACHE_DIR"] == str(tmp_path / "mine" / "YoWASP")


def test_code_is_kept_where_nobody_else_writes(tmp_path, forgotten):
    folder = tmp_path / f"bep-{os.getuid()}"
    assert caches.private_folder(tmp_path) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    caches.private_folder.cache_clear()
    folder.chmod(0o777)
    other = caches.private_folder(tmp_path)
    assert other != folder
    assert stat.S_IMODE(other.stat().st_mode) == 0o700
    caches.private_folder.cache_clear()
    folder.rmdir()
    folder.symlink_to(other)
    assert caches.private_folder(tmp_path) not in (folder, other)


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_a_path_for_makefiles_leads_to_the_same_place(name):
    path = Path("/some/where", name)
    plain = without_blanks(path)
    assert PLAIN.fullmatch(str(plain))
    assert plain == path or Path(os.readlink(plain)) == path
    assert without_blanks(path) == plain


def sources(folder):
    """Every file of Python in ``folder``."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / folder).rglob("*.py"))]


def calls(folder):
    """Every call in the sources of ``folder``: the file, and the call."""
    for path in sources(folder):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Call):
                yield path, node


@pytest.mark.parametrize("folder", ["bep", "bep_ref", "bep_hw", "bep_host", "bep_report", *IN_FOLDERS])
def test_every_tool_that_is_run_gets_an_environment(folder):
    """A process that is started without ``env`` inherits whatever the user has exported."""
    inherits = {
        path for path in sources(folder) if re.search(r"\*\*os\.environ|os\.environ \|", (ROOT / path).read_text())
    }
    assert inherits <= PYTHONS, "only Python's own children inherit the user's environment"
    for path, call in calls(folder):
        what = ast.unparse(call.func)
        if what.startswith("subprocess.") and what.split(".")[1] in STARTS:
            assert any(keyword.arg == "env" for keyword in call.keywords), f"{path}:{call.lineno}"
        assert what != "os.system", path
        assert what != "verilog.convert" or path == "bep_hw/tools/verilog.py", path


def test_the_command_line_writes_the_same_verilog_anywhere(monkeypatch, tmp_path, verilog):
    argv = ["verilog", "--inputs", "16", "--hidden", "8", "--classes", "2", "-o"]
    assert main([*argv, str(tmp_path / "a.v")]) == 0
    place = install(monkeypatch, tmp_path)
    for name in ("PYTHONPATH", "PYTHONHOME"):  # those would be ours too
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    command = [sys.executable, "-m", "bep", *argv, "b [].v"]
    done = subprocess.run(command, env=dict(os.environ) | {"HOME": "/proc/none"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (place / "b [].v").read_bytes() == (tmp_path / "a.v").read_bytes()
