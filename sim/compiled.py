"""The generated hardware as a program: bytes from the host on standard input, bytes to the host on standard output."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from amaranth.back import verilog

from bep_hw.link.linked_trainer import LinkedTrainer
from bep_ref.config import AnyNetwork, Machine
from sim.verilator import require_tools, verilate

MAIN = Path(__file__).with_name("board.cpp")
OPTIMISE = "OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O0"
"""For the code that runs every cycle; the rest only has to be compiled."""
FLAGS = ("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert")


def compile_board(network: AnyNetwork, machine: Machine, directory: Path) -> Path:
    """The program of a board with a trainer of ``network`` on ``machine``; kept in ``directory`` by its digest."""
    require_tools("verilator")
    source = verilog.convert(LinkedTrainer(network, machine), name="board", emit_src=False)
    digest = hashlib.sha256(source.encode() + MAIN.read_bytes() + " ".join((OPTIMISE, *FLAGS)).encode()).hexdigest()[
        :16
    ]
    program = directory.absolute() / f"board-{digest}"
    if not program.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".board-", dir=directory) as name:
            _build(source, Path(name))
            os.replace(Path(name) / "board", program)
    return program


def _build(source: str, folder: Path) -> None:
    (folder / "board.v").write_text(source)
    shutil.copy(MAIN, folder)
    verilate(
        [
            *FLAGS,
            "-MAKEFLAGS",
            OPTIMISE,
            "--top-module",
            "board",
            "--Mdir",
            "obj",
            "-o",
            "../board",
            "board.v",
            MAIN.name,
        ],
        folder,
        folder / "log",
    )
