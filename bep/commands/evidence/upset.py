"""``bep upset``: what flipped bits do to a machine that learns."""

import argparse
from pathlib import Path
from typing import Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import add_data, add_task, at_least, check_file, prepare_task, show_notes
from bep_ref.config import on_chip, perceptron
from bep_ref.files.atomic import write_atomically
from bep_ref.runs.task import Task

NAME = "upset"
HELP = "flip bits while the machine learns, and see whether it heals"
WRITES = ("build",)
DESCRIPTION = """\
Upsets, as radiation makes them. In hardware: flip-flops of a simulated trainer, those of all state machines among them,
flip once in the middle of learning; what follows is compared with the golden model. In the golden model: counters and
visible weights flip at several rates while digits are learned, and then stop; the plot shows accuracy by epoch.

  bep upset --plot docs/upsets.png --json benchmarks/upsets.json

Exit code 1 if an upset is not healed by a reset.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    add_task(parser, omit=("epochs",))
    parser.add_argument(
        "--others", type=int, default=150, metavar="N", help="flip-flops besides state machines (default: 150)"
    )
    parser.add_argument("--times", type=int, default=10, metavar="N", help="upsets of each flip-flop (default: 10)")
    parser.add_argument("--epochs", type=int, default=8, metavar="N", help="epochs with upsets (default: 8)")
    parser.add_argument("--healing", type=int, default=6, metavar="N", help="epochs behind them (default: 6)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="accuracy by epoch, as PNG")
    parser.add_argument(
        "--build", type=Path, default=Path("build/upsets"), metavar="DIR", help="folder of work (default: build/upsets)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_verify.upset.plot import upset_plot
    from bep_verify.upset.trials import tally, trials

    at_least(args, others=0, times=1, epochs=1, healing=0)
    check_file("plot", args.plot)
    task = prepare_task(args, hardware=True)
    on_chip(perceptron(task.network, "data"), task.training)
    show_notes(args.progress, task.notes)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("flip-flops", total=None)
        rows = trials(
            args.build,
            args.others,
            args.times,
            task.training.seed,
            lambda done, total: progress.update(bar, completed=done, total=total),
        )
        curves = _curves(task, args.epochs, args.healing, progress)
    outcomes = tally(rows)
    args.report.print(_table(outcomes))
    if args.plot:
        write_atomically(args.plot, upset_plot(curves, args.epochs))
    result = {"outcomes": outcomes, "upsets": rows, "network": str(task.network), "curves": curves}
    lost = [row for row in rows if row["outcome"] == "lost"]
    if lost:
        raise CheckError(f"{lost[0]['flip_flop']}: wrong behind a reset", result)
    return result


def _curves(task: Task, epochs: int, healing: int, progress: Any) -> list[dict[str, Any]]:
    from bep_verify.upset.curves import PLANES, RATES, curve

    chosen = [(plane, rate) for plane in PLANES for rate in RATES]
    bar = progress.add_task("accuracy", total=len(chosen) * (epochs + healing))
    return [
        {
            "plane": plane,
            "rate": rate,
            "test_accuracy": curve(task, plane, rate, epochs, healing, lambda: progress.advance(bar)),
        }
        for plane, rate in chosen
    ]


def _table(outcomes: list[dict[str, Any]]) -> Table:
    table = Table("flip-flops of", title="Upsets", title_justify="left")
    columns = [name for name in outcomes[0] if name != "kind"]
    for name in columns:
        table.add_column(name, justify="right")
    for row in outcomes:
        table.add_row(row["kind"], *(f"{row[name]}" for name in columns))
    return table
