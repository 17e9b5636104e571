"""Loading a bitstream onto a board, by openFPGALoader."""

import shutil
import subprocess
from pathlib import Path

from bep_boards.board import Board, BoardError
from bep_hw.tools.environment import tool_environment

TOOL = "openFPGALoader"
GET_IT = "apt install openfpgaloader, brew install openfpgaloader, or https://github.com/trabucayre/openFPGALoader"
STANDARD_ERROR = 2
HEAD_BYTES = 1024
"""The packers' comments and the chip's signature are among so many."""


def command(board: Board, bitstream: Path) -> list[str]:
    """What loads ``bitstream`` onto ``board``: into an iCE40 board's flash, into an ECP5 until it is switched off."""
    if not board.loader:
        raise BoardError(f"board: {TOOL} cannot write to the {board.title}; docs/boards.md says how it is loaded")
    return [TOOL, *board.loader, str(bitstream)]


def check(board: Board, bitstream: Path) -> None:
    """Raise `BoardError` unless ``bitstream`` is one for the chip of ``board``."""
    try:
        with bitstream.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        build = f"bep synth --board {board.name} --out {bitstream.parent}"
        raise BoardError(f"file: {bitstream}: {error.strerror}; build it with: {build}") from None
    if board.device.signature not in head:
        raise BoardError(f"file: {bitstream} is no bitstream for the {board.device.name} of the {board.title}")


def load(board: Board, bitstream: Path) -> None:
    """Load ``bitstream``; what the tool tells goes to standard error. Raises `BoardError`."""
    words = command(board, bitstream)
    check(board, bitstream)
    if shutil.which(TOOL) is None:
        raise BoardError(f"{TOOL} is not installed; get it by {GET_IT}")
    code = subprocess.run(words, env=tool_environment(), stdout=STANDARD_ERROR, check=False).returncode
    if code:
        raise BoardError(f"{TOOL} ended with exit code {code}; is the {board.title} plugged in, and yours to write to?")
