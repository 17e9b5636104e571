"""``bep bench``: measure the published figures again, each kind by a command of its own."""

import argparse
from typing import Any

from bep.command import add_command, carry_out
from bep.options import add_json
from bep_studies.commands import (
    bench_boards,
    bench_cache,
    bench_counters,
    bench_estimate,
    bench_export,
    bench_gate,
    bench_hw,
    bench_link,
    bench_sw,
)

KINDS = (
    bench_hw,
    bench_boards,
    bench_link,
    bench_cache,
    bench_sw,
    bench_counters,
    bench_gate,
    bench_export,
    bench_estimate,
)

NAME = "bench"
HELP = "measure the published figures again"
DESCRIPTION = """\
Measure what the README's tables show.

  bep bench hw --help        the hardware
  bep bench boards --help    one trainer on every board
  bep bench link --help      the serial link under torture
  bep bench cache --help     epochs from samples that the chip keeps
  bep bench sw --help        training in software, beside other ways to train such a network
  bep bench counters --help  accuracy against the width of the counters
  bep bench gate --help      accuracy of recurrent networks against the width of the gate
  bep bench export --help    exported networks beside the golden model
  bep bench estimate --help  what bep estimate rests on, and how far it is off
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    for kind in KINDS:
        own = add_command(kinds, kind)
        add_json(own, default=argparse.SUPPRESS)  # what stands before WHAT stays
        own.set_defaults(kind=kind)


def run(args: argparse.Namespace) -> dict[str, Any]:
    return carry_out(args.kind, args)
