"""``bep cosim``: learn in the golden model and in simulated hardware, and compare every bit."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.machine_presets import use_machine_preset
from bep.options import add_data, add_machine, add_task, at_least, board_machine, check_file, prepare_task, show_notes
from bep_boards.presets import MACHINE_PRESETS
from bep_ref.config import NONE, ConfigError, Machine, RecurrentNetwork, WindowTraining, on_chip
from bep_ref.runs.task import Task

if TYPE_CHECKING:
    from bep_sim.report import Report

NAME = "cosim"
HELP = "train simulated hardware beside the golden model"
DESCRIPTION = """\
Generate the hardware, build it with Verilator, train it on real samples and compare it with the golden model: every
counter and every visible weight at the end of each epoch, every prediction and trigger on the way.

  bep cosim --data digits                                  a full epoch
  bep cosim --data digits --rule local                     local error signals
  bep cosim --data sequence:digits --state 64 --output 64 --expansion 64
  bep cosim --data mnist:DIR --hidden 96 96 --samples 500 --batch-size 100 --board icebreaker
  bep cosim --data mnist:DIR --preset icebreaker-mnist --samples 500
  bep cosim --data digits --samples 200 --trace            stop at the first step that differs

Samples come in the order of bep train's first epochs, so the counters are those that bep train has after them.
With --trace every pre-activation, desired activation, winner, counter and weight is compared when the hardware makes
it; the first that differs ends the run with a line such as

  epoch 1, sample 17, layer 2, neuron 5: pre-activation is 12, the golden model has 14

in which samples, neurons and inputs count from 0, in the order in which they are learned. Exit code 1 if a single bit
differs.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--samples", type=int, metavar="N", help="samples of each epoch (default: all for training)")
    parser.add_argument("--epochs", type=int, default=1, metavar="N", help="epochs; at least 1 (default: 1)")
    parser.add_argument(
        "--build", type=Path, default=Path("build/cosim"), metavar="DIR", help="folder of builds (default: build/cosim)"
    )
    parser.add_argument("--waves", type=Path, metavar="FILE", help="keep a waveform (VCD) of the run; slow and large")
    parser.add_argument("--trace", action="store_true", help="compare step by step, up to the first difference; slower")
    add_machine(parser, board=True)
    add_task(parser, omit=("epochs",))


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_sim.cosim import DifferenceError

    at_least(args, epochs=1)
    check_file("waves", args.waves)
    fixed: dict[str, Any] = {}
    if args.preset in MACHINE_PRESETS:
        fixed, args.preset = use_machine_preset(args), None
    task = prepare_task(args, hardware=True)
    network = on_chip(task.network, task.training)
    if isinstance(network, RecurrentNetwork):
        args.report.print(f"dead zone {NONE}, the paper's reading: hardware has no other so far")
    if args.samples is not None and not 1 <= args.samples <= len(task.train):
        raise ConfigError(f"samples: {args.samples} is out of range; it must be 1 to {len(task.train)}")
    if isinstance(task.training, WindowTraining):
        fixed["draw_bits"] = task.training.draw_bits if task.training.selection == "draw" else 0
    else:
        fixed["rule"] = task.training.rule
    chosen = board_machine(args, network, **fixed)
    show_notes(args.progress, task.notes)
    about = {"network": str(task.network), "machine": chosen.to_dict()}
    try:
        report = _simulate(args, task, chosen, args.epochs, args.samples)
    except DifferenceError as difference:
        raise CheckError(str(difference), {**about, "first_difference": str(difference)}) from None
    result = {**about, **asdict(report)}
    args.report.print(_summary(task, chosen, report))
    if report.mismatches:
        raise CheckError(f"{report.mismatches} bits differ; first: {report.first_difference}", result)
    return result


def _simulate(
    args: argparse.Namespace, task: Task, chosen: Machine, epochs: int, samples: int | None = None
) -> "Report":
    """Co-simulate the first ``epochs`` of ``task``, each cut to ``samples``, with a progress bar."""
    from bep_sim.cosim import cosimulate_task

    with progress_bar(args.progress) as progress:
        bars: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done)

        return cosimulate_task(task, chosen, epochs, samples, args.build, show, args.waves, args.trace)


def _summary(task: Task, chosen: Machine, report: "Report") -> Table:
    table = Table(show_header=False, title=f"{task.network}, {chosen.lanes} lanes")
    table.add_row("data", task.data)
    table.add_row("samples (triggered)", f"{report.samples:,} ({report.triggered:,})")
    table.add_row("counters compared", f"{report.counters_compared:,}")
    table.add_row("visible weights compared", f"{report.visible_compared:,}")
    table.add_row("predictions compared", f"{report.predictions_compared:,}")
    for kind, count in report.traced.items():
        table.add_row(f"traced: {kind}", f"{count:,}")
    table.add_row("mismatches", f"{report.mismatches:,}")
    table.add_row("cycles per sample", f"{report.cycles_per_sample:,.0f}")
    table.add_row("propagate engine busy", f"{report.propagate_utilisation:.1%}")
    table.add_row("update engine busy", f"{report.update_utilisation:.1%}")
    table.add_row("whichever bounds busy", f"{report.bound_utilisation:.1%}")
    return table
