"""``bep reproduce``: the papers' accuracies again."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bep.console import progress_bar
from bep.reproduce.experiments import EXPERIMENTS
from bep.versions import installed_version
from bep_ref.atomic import write_atomically
from bep_ref.config import ConfigError

NAME = "reproduce"
HELP = "the papers' accuracies again, beside the published ones"
DESCRIPTION = """\
Train by BEP, by local error signals (LOCAL) and by straight-through gradients (QAT) what the papers train, and print
test accuracies beside the published ones.

  bep reproduce prototypes digits --json accuracy.json --plot accuracy.png
  bep reproduce prototypes --widths 35 75 --layers 2 --seeds 1 2 3 --jobs 2
  bep reproduce fashion --fashion mnist:DIR        FashionMNIST, a folder of IDX files

Hyperparameters are searched on validation data, in short runs with a seed of their own; grid and choice are in the
JSON. The model measured is the one best on validation data. Finished runs are kept in --out and not done again:
after Ctrl-C the same command goes on. The QAT column needs PyTorch: pip install 'bep[bench]'.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "experiments", nargs="+", metavar="WHAT", choices=EXPERIMENTS, help=f"any of {', '.join(EXPERIMENTS)}"
    )
    for name in ("prototypes", "mnist", "fashion"):
        default = EXPERIMENTS[name].data
        parser.add_argument(f"--{name}", metavar="SPEC", default=default, help=f"its data (default: {default})")
    several: dict[str, Any] = {"type": int, "nargs": "+", "metavar": "N"}
    parser.add_argument("--widths", **several, help="neurons of a layer, a network for each (default: the papers')")
    parser.add_argument("--layers", **several, help="layers, networks for each (default: the papers')")
    parser.add_argument("--seeds", **several, default=[1, 2, 3, 4, 5], help="at least 1 each (default: 1 2 3 4 5)")
    parser.add_argument("--qat-seeds", **several, help="those of QAT, which is slow (default: those of --seeds)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these of bep, local, qat (default: all)")
    parser.add_argument("--epochs", type=int, default=50, metavar="N", help="of a run; at least 1 (default: 50)")
    parser.add_argument(
        "--search-epochs", type=int, default=20, metavar="N", help="of a run of the search; at least 1 (default: 20)"
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs side by side; at least 1 (default: 1)")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("run/reproduce"),
        help="folder of finished runs (default: run/reproduce)",
    )
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the accuracies of prototypes (PNG)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep.reproduce.accuracy_plot import accuracy_plot
    from bep.reproduce.methods import METHODS
    from bep.reproduce.study import Study

    _check(args)
    names = [name for name in METHODS if name in (args.only or METHODS)]
    without_qat = "qat" in names and installed_version("torch") is None
    if without_qat:
        if args.only:
            raise ConfigError("qat: needs torch: pip install 'bep[bench]', or leave it out by --only")
        names.remove("qat")
    studies = [
        Study(
            name,
            getattr(args, name, EXPERIMENTS[name].data),
            args.widths or EXPERIMENTS[name].widths,
            args.layers or EXPERIMENTS[name].layers,
            {method: args.qat_seeds or args.seeds if method == "qat" else args.seeds for method in names},
            args.epochs,
            args.search_epochs,
        )
        for name in dict.fromkeys(args.experiments)
    ]
    if without_qat:
        args.progress.print("torch is not installed: no column of QAT (pip install 'bep[bench]')", markup=False)
    args.out.mkdir(parents=True, exist_ok=True)
    results = {}
    try:
        with progress_bar(args.progress) as progress:
            for study in studies:
                bar = progress.add_task(study.name, total=study.runs)
                results[study.name] = study.carry_out(args.out, args.jobs, partial(progress.advance, bar))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"finished runs are kept in {args.out}; repeat the command to go on") from None
    for result in results.values():
        args.report.print(_table(result))
    if args.plot:
        write_atomically(args.plot, accuracy_plot(results["prototypes"]["rows"]))
    return results


def _check(args: argparse.Namespace) -> None:
    from bep.reproduce.methods import METHODS

    least = {"layers": 1, "widths": 2, "seeds": 1, "qat_seeds": 1, "epochs": 1, "search_epochs": 1, "jobs": 1}
    for name, limit in least.items():
        given = getattr(args, name)
        for value in given if isinstance(given, list) else [limit if given is None else given]:
            if value < limit:
                raise ConfigError(f"{name}: {value} is out of range; it must be at least {limit}")
    for name in args.only or ():
        if name not in METHODS:
            raise ConfigError(f"only: {name!r} is not known; known are {', '.join(METHODS)}")
    if args.plot and "prototypes" not in args.experiments:
        raise ConfigError("plot: it shows prototypes, which is not among what is to be reproduced")
    if args.plot and not args.plot.absolute().parent.is_dir():
        raise ConfigError(f"plot: the folder of {args.plot} does not exist")


def _table(result: dict[str, Any]) -> Table:
    """One line a network; ours, published and the difference for the papers' rules, ours for the others."""
    title = f"{result['data']}: test accuracy in %, mean ± deviation of the seeds"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    for heading in ("network", "BEP", "paper", "Δ", "LOCAL", "paper", "Δ", "QAT", "majority"):
        table.add_column(heading, justify="right" if heading != "network" else "left", no_wrap=True)
    networks = dict.fromkeys((row["layers"], row["width"]) for row in result["rows"])
    for layers, width in networks:
        own = {row["method"]: row for row in result["rows"] if (row["layers"], row["width"]) == (layers, width)}
        cells = [f"{layers} × {width}"]
        for method in ("bep", "local"):
            row = own.get(method, {})
            published, difference = row.get("published"), row.get("difference")
            cells += [_figure(row.get("test_accuracy")), _figure(published)]
            cells.append(f"{difference:+.1f}" if difference is not None else "")
        table.add_row(*cells, _figure(own.get("qat", {}).get("test_accuracy")), _figure(result["majority"]))
    return table


def _figure(value: dict[str, Any] | None) -> str:
    return "" if value is None else f"{value['mean']:.1f}±{value['std']:.1f}"
