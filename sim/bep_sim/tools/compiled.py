"""The generated hardware as a program: Verilator's C++ of it, driven by a C++ file of ours."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from bep_hw.link.linked_trainer import LinkedTrainer
from bep_hw.tools.verilog import to_verilog
from bep_ref.config import AnyNetwork, Machine
from bep_ref.files.atomic import write_atomically
from bep_sim.tools.verilator import require_tools, verilate

BOARD = Path(__file__).parents[1] / "board" / "board.cpp"
OPTIMISE = "OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O0"
"""For the code that runs every cycle; the rest only has to be compiled."""
FLAGS = ("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert")


def compile_board(network: AnyNetwork, machine: Machine, directory: Path) -> Path:
    """The program of a board with a trainer of ``network`` on ``machine``; kept in ``directory`` by its digest."""
    source = to_verilog(LinkedTrainer(network, machine), "board")
    return compile_program(source, BOARD, directory)


def compile_program(source: str, main: Path, directory: Path) -> Path:
    """The program of Verilog ``source`` driven by the C++ file ``main``, which has the name of the top module.

    It is kept in ``directory`` by its digest. Raises `SimulatorError` if it cannot be built.
    """
    require_tools("verilator")
    flags = " ".join((OPTIMISE, *FLAGS))
    digest = hashlib.sha256(source.encode() + main.read_bytes() + flags.encode()).hexdigest()[:16]
    program = directory.absolute() / f"{main.stem}-{digest}"
    if not program.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{main.stem}-", dir=directory) as name:
            _build(source, main, Path(name))
            os.replace(Path(name) / main.stem, program)
    return program


def _build(source: str, main: Path, folder: Path) -> None:
    top = main.stem
    write_atomically(folder / f"{top}.v", source.encode())
    shutil.copy(main, folder)
    names = ("--top-module", top, "--Mdir", "obj", "-o", f"../{top}", f"{top}.v", main.name)
    verilate([*FLAGS, "-MAKEFLAGS", OPTIMISE, *names], folder, folder / "log")
