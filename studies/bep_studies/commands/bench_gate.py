"""``bep bench gate``: accuracy of recurrent networks against the width of the gate."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import add_jobs, at_least, check_file
from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically

NAME = "gate"
HELP = "accuracy of recurrent networks against the width of the gate"
WRITES = ("build",)
DESCRIPTION = """\
Test accuracy of recurrent networks, K = 255, by the width nu of the gate that errors pass and by the window that a step
sees: the paper's ablation. The model kept is the best on validation.

  bep bench gate --plot docs/gate.png --json benchmarks/gate.json
  bep bench gate --data smnist:DIR --windows 4 7 --epochs 3

A run that was measured is kept; after an interruption the same command goes on with the rest.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bep_studies.bench.gate_width import GATES, WINDOWS

    parser.add_argument(
        "--data", metavar="SPEC", nargs="+", default=["sequence:digits"], help="sequences (default: sequence:digits)"
    )
    parser.add_argument(
        "--windows", type=int, nargs="+", default=WINDOWS, metavar="N", help="at least 1 value each (default: 1 2 4)"
    )
    parser.add_argument(
        "--gates", type=float, nargs="+", default=GATES, metavar="X", help="0 to 1 each (default: 0.005 to 1, ten)"
    )
    parser.add_argument("--epochs", type=int, default=20, metavar="N", help="of a run; at least 1 (default: 20)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each; at least 1 (default: 3)")
    add_jobs(parser, "runs side by side")
    parser.add_argument(
        "--build", type=Path, default=Path("build/gate"), metavar="DIR", help="folder of runs (default: build/gate)"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw accuracy against the gate (PNG)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.bench.gate_plot import gate_plot
    from bep_studies.bench.gate_width import GateStudy

    at_least(args, seeds=1, epochs=1, jobs=1)
    for gate in args.gates:
        if not 0 < gate <= 1:
            raise ConfigError(f"gates: {gate} is out of range; it must be above 0 and at most 1")
    check_file("plot", args.plot)
    study = GateStudy(args.data, args.windows, sorted(args.gates), range(1, args.seeds + 1), args.epochs)
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("training", total=study.runs)
        rows = study.measure(args.build, args.jobs, partial(progress.advance, bar))
    args.report.print(_table(rows))
    if args.plot:
        write_atomically(args.plot, gate_plot(rows))
    return {"epochs": args.epochs, "seeds": args.seeds, "rows": rows}


def _table(rows: list[dict[str, Any]]) -> Table:
    """One line a gate, one column a data set and window."""
    lines = list(dict.fromkeys((row["data"], row["window"]) for row in rows))
    table = Table(title="Test accuracy in %", title_justify="left")
    for heading in ("gate", *(f"{data.partition(':')[0]}, window {window}" for data, window in lines)):
        table.add_column(heading, justify="right")
    for gate in dict.fromkeys(row["gate"] for row in rows):
        found = {(row["data"], row["window"]): row["test_accuracy"]["mean"] for row in rows if row["gate"] == gate}
        table.add_row(f"{gate:g}", *(f"{100 * found[line]:.1f}" for line in lines))
    return table
