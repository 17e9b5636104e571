"""``bep demo``: the whole chain on handwritten digits."""

import argparse
import json
from pathlib import Path
from typing import Any

from bep.commands.boards.board import simulated
from bep.console import Table
from bep.options import check_file
from bep_ref.config import Machine, Network
from bep_ref.files.atomic import write_atomically

NAME = "demo"
HELP = "the whole chain on handwritten digits: learn, simulate, build"
WRITES = ("out",)
DESCRIPTION = """\
Six commands in a row, on scikit-learn's digits and for the iCEBreaker:

  bep train --data digits --hidden 128 128        learn them in software
  bep cosim --data digits --board icebreaker      learn an epoch of them in simulated hardware, every bit compared
  bep board --simulate --board icebreaker ...     switch a simulated board on, that hardware behind a serial port
  bep run --port PORT --data digits --check       learn two epochs of them on the board, every bit compared
  bep synth --board icebreaker --inputs 192 ...   build the bitstream of that hardware
  bep report run                                  show all of it on one page

then one table of what came out. The folder of results also holds the model, its learning curve and demo.json.
"""

BOARD, DATA, HIDDEN, BOARD_EPOCHS = "icebreaker", "digits", ("128", "128"), "2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("run"), help="folder of results (default: run)")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="placements to try; at least 1 (default: 1)")
    parser.add_argument("--waves", type=Path, metavar="FILE", help="keep a waveform (VCD) of the simulation; slow")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep.main import call

    check_file("waves", args.waves)

    def show(*argv: str) -> None:
        args.report.print(f"$ bep {' '.join(argv)}", style="dim", highlight=False)

    def step(*argv: str) -> dict[str, Any]:
        show(*argv)
        return call(argv, args.report, args.progress)

    out = str(args.out)
    waves = ("--waves", str(args.waves)) if args.waves else ()
    learn = ("--data", DATA, "--hidden", *HIDDEN)
    args.report.rule("learn in software")
    train = step("train", *learn, "--out", out)
    args.report.rule("learn in simulated hardware")
    simulation = ("--build", f"{out}/cosim", *waves, "--json", f"{out}/cosim.json")
    cosim = step("cosim", *learn, "--board", BOARD, *simulation)

    inputs, *_, classes = train["network"].split("-")
    shape = ("--inputs", inputs, "--hidden", *HIDDEN, "--classes", classes)
    args.report.rule("learn on a simulated board")
    show("board", "--simulate", "--board", BOARD, *shape, "--build", f"{out}/simulated")
    network = Network(int(inputs), tuple(map(int, HIDDEN)), int(classes))
    machine = Machine.from_dict(cosim["machine"])
    with simulated(network, machine, args.out / "simulated", args.progress) as board:
        epochs = ("--epochs", BOARD_EPOCHS, "--check")
        run = step("run", "--port", board.port, *learn, *epochs, "--out", f"{out}/board")

    args.report.rule("build the bitstream")
    seeds = ("--seeds", str(args.seeds))
    synth = step("synth", "--board", BOARD, *shape, *seeds, "--out", f"{out}/{BOARD}")
    args.report.rule("show it on a page")
    report = step("report", out)
    result = {"train": train, "cosim": cosim, "board": run, "synth": synth, "report": report}
    write_atomically(args.out / "demo.json", (json.dumps(result, indent=2) + "\n").encode())
    args.report.rule("result")
    args.report.print(_table(train, cosim, run, synth, report))
    return result


def _table(
    train: dict[str, Any], cosim: dict[str, Any], run: dict[str, Any], synth: dict[str, Any], report: dict[str, Any]
) -> Table:
    table = Table(show_header=False, title=f"{train['network']} learns {DATA} on the {BOARD}")
    table.add_row("test accuracy", f"{train['test_accuracy']:.2%}")
    compared = f"{cosim['counters_compared']:,} counters, {cosim['predictions_compared']:,} predictions"
    table.add_section()
    table.add_row("compared with the hardware", compared)
    table.add_row("mismatches", f"{cosim['mismatches']:,}")
    table.add_row("cycles per training sample", f"{cosim['cycles_per_sample']:,.0f}")
    table.add_section()
    table.add_row(f"after {run['epochs']} epochs on a simulated board", f"{run['test_accuracy']:.2%}")
    table.add_row("the same in the golden model", f"{run['golden_test_accuracy']:.2%}")
    compared = f"{run['counters_compared']:,} counters, {run['predictions_compared']:,} predictions"
    table.add_row("compared with the board", compared)
    table.add_row("mismatches", f"{run['mismatches']:,}")
    table.add_section()
    table.add_row("clock", f"{synth['fmax_worst_mhz']:.1f} MHz")
    rate = synth["fmax_worst_mhz"] * 1e6 / cosim["cycles_per_sample"]
    table.add_row("training samples per second", f"{rate:,.0f}")
    for name, entry in synth["utilisation"].items():
        table.add_row(name, f"{entry['used']:,} of {entry['available']:,}")
    table.add_row("learning curve", train["learning_curve"])
    table.add_row("bitstream", synth["bitstream"])
    table.add_row("page", report["report"])
    return table
