"""``bep sweep``: trainings and their hardware, by the hundred."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bep.command import CheckError
from bep.console import Table, progress_bar
from bep.options import at_least
from bep_ref.files.atomic import write_atomically

if TYPE_CHECKING:
    from bep.sweep.pareto import Candidate

NAME = "sweep"
HELP = "train, and build, every combination of options, on one machine or a cluster"
WRITES = ("out",)
DESCRIPTION = """\
Train every combination of a grid of options with several seeds; synthesise and place what was trained for several
boards, with several placement seeds, or estimate it. Tasks run on Dask: in processes of this machine, or on a cluster.

  bep sweep sweep.toml --workers 2 --out run/sweep
  bep sweep sweep.toml --scheduler tcp://192.168.1.5:8786

sweep.toml, where only data and grid are needed, and grid has whatever bep train has options for:

  data = "digits"
  seeds = [1, 2, 3]
  boards = ["icebreaker", "ulx3s_85f"]
  placement_seeds = [1, 2]            # or: estimate = true, and nothing is built

  [grid]
  hidden = [[64, 64], [128, 128]]
  margin = [0.25, 0.5]
  epochs = [20]

DIR receives points/, a JSON file for each thing computed, results.csv, results.parquet and pareto.png. Whatever is in
points/ already is not computed again, so the same command goes on after Ctrl-C, after a failure, or when the file has
grown. Workers of a cluster need this version of bep, and data files where the file says.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", type=Path, metavar="SPEC", help="TOML file that says what is varied")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("run/sweep"), help="folder of results (default: run/sweep)"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=int,
        metavar="N",
        default=min(4, os.cpu_count() or 1),
        help="processes of this machine; at least 1; a placement takes about 1 GB (default: cores, at most 4)",
    )
    where.add_argument("--scheduler", metavar="ADDRESS", help="that of a Dask cluster, such as tcp://192.168.1.5:8786")


def run(args: argparse.Namespace) -> dict[str, Any]:
    at_least(args, workers=1)
    from bep.sweep import cluster, pareto, plan, spec, table

    wanted = spec.read(args.spec)
    rows = plan.rows_of(wanted)
    points = {point.name: point for row in rows for point in row.points}
    folder = args.out / "points"
    outcomes = {name: outcome for name, point in points.items() if (outcome := point.kept(folder))}
    missing = [point for name, point in points.items() if name not in outcomes]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with progress_bar(args.progress) as progress:
            bar = progress.add_task("sweep", total=len(points), completed=len(points) - len(missing))
            if missing:
                with cluster.client(args.scheduler, min(args.workers, len(missing))) as client:
                    outcomes |= cluster.carry_out(missing, folder, client, lambda: progress.advance(bar))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"finished points are kept in {folder}; repeat the command to go on") from None
    failures = {name: outcome.failure for name, outcome in outcomes.items() if outcome.failure}
    lines = table.lines_of(rows, outcomes)
    files = {path.suffix[1:]: str(path) for path in table.write(lines, args.out)}
    varied = [name for name, values in wanted.grid.items() if len(values) > 1]
    found = pareto.candidates(lines, varied)
    best = pareto.front(found)
    if found:
        write_atomically(args.out / "pareto.png", pareto.pareto_plot(found))
        files["plot"] = str(args.out / "pareto.png")
        args.report.print(_table(best, bool(wanted.boards)))
    result = {
        "points": len(points),
        "computed": len(missing) - len(failures),
        "rows": len(rows),
        "failures": [{"point": name, "reason": reason} for name, reason in failures.items()],
        "front": [vars(one) for one in best],
        **files,
    }
    counts = f"{len(points)} points, {result['computed']} of them computed now"
    args.report.print(f"{counts}; {files['csv']}")
    if failures:
        for name, reason in failures.items():
            args.report.print(f"{name}: {reason}")
        first = next(iter(failures.values()))
        raise CheckError(f"{len(failures)} of {len(points)} points failed; first: {first}", result)
    return result


def _table(best: "list[Candidate]", built: bool) -> Table:
    table = Table(title="Beaten by none", caption="accuracy on validation data, mean of seeds")
    table.add_column("")
    for heading in ("board", "accuracy", "samples/s", "LUT4") if built else ("accuracy", "synapses"):
        table.add_column(heading, justify="left" if heading == "board" else "right")
    for one in best:
        accuracy, size = f"{one.accuracy:.1%}", f"{one.size:,}"
        table.add_row(one.settings, *((one.board, accuracy, f"{one.rate:,.0f}", size) if built else (accuracy, size)))
    return table
