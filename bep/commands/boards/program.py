"""``bep program``: load a bitstream onto a board."""

import argparse
import shlex
from pathlib import Path
from typing import Any

from bep_boards.registry import NAMES, find

NAME = "program"
HELP = "load a bitstream onto a board"
DESCRIPTION = """\
Load the bitstream that bep synth built onto a board, by openFPGALoader. iCE40 boards keep it in their flash, ECP5
boards until they are switched off.

  bep program --board icebreaker --file build/digits/icebreaker.bin
  bep program --board ulx3s_85f --dry-run           show the command; needs neither the tool nor the file
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", required=True, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument(
        "--file", type=Path, metavar="BITSTREAM", help="what to load (default: build/NAME/NAME.bin, or .bit for ECP5)"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the command instead of running it")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_boards.flow.loader import command, load

    board = find(args.board)
    bitstream = args.file or Path("build", board.name, board.name + board.device.family.bitstream_suffix)
    words = command(board, bitstream)
    if args.dry_run:
        args.report.print(shlex.join(words), highlight=False)
    else:
        load(board, bitstream)
        args.report.print(f"{board.title}: {bitstream} is loaded")
    return {"board": board.name, "file": str(bitstream), "command": words, "loaded": not args.dry_run}
