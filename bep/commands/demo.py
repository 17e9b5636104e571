"""``bep demo``: the whole chain on handwritten digits."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.table import Table

from bep_ref.atomic import write_atomically

NAME = "demo"
HELP = "the whole chain on handwritten digits: learn, simulate, build"
DESCRIPTION = """\
Three commands in a row, on scikit-learn's digits and for the iCEBreaker:

  bep train --data digits --hidden 128 128        learn them in software
  bep cosim --data digits --board icebreaker      learn an epoch of them in simulated hardware, every bit compared
  bep synth --board icebreaker --inputs 192 ...   build the bitstream of that hardware

then one table of what came out. The folder of results also holds the model, its learning curve and demo.json.
"""

BOARD, DATA, HIDDEN = "icebreaker", "digits", ("128", "128")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("run"), help="folder of results (default: run)")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="placements to try; at least 1 (default: 1)")
    parser.add_argument("--waves", type=Path, metavar="FILE", help="keep a waveform (VCD) of the simulation; slow")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep.main import call

    def step(title: str, *argv: str) -> dict[str, Any]:
        args.report.rule(title)
        args.report.print(f"$ bep {' '.join(argv)}", style="dim", highlight=False)
        return call(argv, args.report, args.progress)

    out = str(args.out)
    waves = ("--waves", str(args.waves)) if args.waves else ()
    hidden = ("--hidden", *HIDDEN)
    train = step("learn in software", "train", "--data", DATA, *hidden, "--out", out)
    cosim = step(
        "learn in simulated hardware",
        "cosim",
        "--data",
        DATA,
        *hidden,
        "--board",
        BOARD,
        "--build",
        f"{out}/cosim",
        *waves,
    )
    inputs, *_, classes = train["network"].split("-")
    shape = ("--inputs", inputs, *hidden, "--classes", classes)
    seeds = ("--seeds", str(args.seeds))
    synth = step("build the bitstream", "synth", "--board", BOARD, *shape, *seeds, "--out", f"{out}/{BOARD}")
    result = {"train": train, "cosim": cosim, "synth": synth}
    write_atomically(args.out / "demo.json", (json.dumps(result, indent=2) + "\n").encode())
    args.report.rule("result")
    args.report.print(_table(train, cosim, synth))
    return result


def _table(train: dict[str, Any], cosim: dict[str, Any], synth: dict[str, Any]) -> Table:
    table = Table(show_header=False, title=f"{train['network']} learns {DATA} on the {BOARD}")
    table.add_row("test accuracy", f"{train['test_accuracy']:.2%}")
    compared = f"{cosim['counters_compared']:,} counters, {cosim['predictions_compared']:,} predictions"
    table.add_row("compared with the hardware", compared)
    table.add_row("mismatches", f"{cosim['mismatches']:,}")
    table.add_row("cycles per training sample", f"{cosim['cycles_per_sample']:,.0f}")
    table.add_row("clock", f"{synth['fmax_worst_mhz']:.1f} MHz")
    rate = synth["fmax_worst_mhz"] * 1e6 / cosim["cycles_per_sample"]
    table.add_row("training samples per second", f"{rate:,.0f}")
    for name, entry in synth["utilisation"].items():
        table.add_row(name, f"{entry['used']:,} of {entry['available']:,}")
    table.add_row("learning curve", train["learning_curve"])
    table.add_row("bitstream", synth["bitstream"])
    return table
