"""``bep bench``: measure the published figures again, each kind by a command of its own."""

import argparse
from typing import Any

from bep.command import add_command
from bep.commands import bench_cache, bench_counters, bench_hw, bench_link, bench_sw
from bep.options import add_json

NAME = "bench"
HELP = "measure the published figures again"
DESCRIPTION = """\
Measure what the README's tables show.

  bep bench hw --help           the hardware
  bep bench link --help         the serial link under torture
  bep bench cache --help        epochs that a board learns by itself
  bep bench sw --help           training in software, beside other ways to train such a network
  bep bench counters --help     accuracy against the width of the counters
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    for kind in (bench_hw, bench_link, bench_cache, bench_sw, bench_counters):
        own = add_command(kinds, kind)
        add_json(own, default=argparse.SUPPRESS)  # what stands before WHAT stays
        own.set_defaults(kind=kind)


def run(args: argparse.Namespace) -> dict[str, Any]:
    result: dict[str, Any] = args.kind.run(args)
    return result
