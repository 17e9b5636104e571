"""``bep reproduce``: the papers' accuracies again."""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bep.console import progress_bar
from bep.options import add_jobs, check_file
from bep_ref.config import ConfigError
from bep_ref.distribution import how_to_install, installed_version
from bep_ref.files.atomic import write_atomically
from bep_ref.files.lock import locked
from bep_studies.reproduce.experiments import EXPERIMENTS, SEQUENCES, Experiment, SequenceExperiment

if TYPE_CHECKING:
    from bep_studies.reproduce.sequence_study import SequenceStudy
    from bep_studies.reproduce.study import Study

NAME = "reproduce"
HELP = "the papers' accuracies again, beside the published ones"
DESCRIPTION = f"""\
Train by BEP, by local error signals (LOCAL) and by straight-through gradients (QAT) what the papers train, and print
test accuracies beside the published ones.

  bep reproduce prototypes digits --json accuracy.json --plot accuracy.png
  bep reproduce prototypes --widths 35 75 --layers 2 --seeds 1 2 3 --jobs 2
  bep reproduce fashion --fashion mnist:DIR        FashionMNIST, a folder of IDX files
  bep reproduce italy sequence smnist              recurrent networks, by BEP and QAT

Hyperparameters are searched on validation data, in runs with a seed of their own; grid and choice are in the JSON. The
parts of italy are cut into 3 folds anew for every seed; each is the test part once, and the search is repeated on the
others. The model measured is the one best on validation data. Finished runs are kept in --out and not done again: after
Ctrl-C the same command goes on, and with --finished it trains nothing and shows what is there. The QAT column needs
PyTorch:

  {how_to_install("torch")}
"""

ALL: dict[str, Experiment | SequenceExperiment] = {**EXPERIMENTS, **SEQUENCES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "experiments",
        nargs="+",
        metavar="WHAT",
        choices=ALL,
        help=f"any of {', '.join(EXPERIMENTS)}; sequences: {', '.join(SEQUENCES)}",
    )
    for name in ("prototypes", "mnist", "fashion", "italy", "smnist"):
        default = ALL[name].data
        parser.add_argument(f"--{name}", metavar="SPEC", default=default, help=f"its data (default: {default})")
    several: dict[str, Any] = {"type": int, "nargs": "+", "metavar": "N"}
    parser.add_argument("--widths", **several, help="neurons of a layer (default: the papers'; sequences: 255)")
    parser.add_argument("--layers", **several, help="layers, of perceptrons (default: the papers')")
    parser.add_argument("--seeds", **several, help="at least 1 each (default: 1 2 3 4 5; sequences: 1 2 3)")
    parser.add_argument("--qat-seeds", **several, help="those of QAT, which is slow (default: those of --seeds)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these of bep, local, qat (default: all)")
    for option, of, own in (
        ("--epochs", "a run", "50; smnist 30"),
        ("--search-epochs", "a run of the search", "50; italy 15, smnist 4"),
    ):
        parser.add_argument(option, type=int, metavar="N", help=f"of {of}; at least 1 (default: {own})")
    add_jobs(parser, "runs side by side")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("run/reproduce"),
        help="folder of finished runs (default: run/reproduce)",
    )
    parser.add_argument("--finished", action="store_true", help="train nothing: what of this --out already has")
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the accuracies of prototypes (PNG)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_studies.reproduce.accuracy_plot import accuracy_plot
    from bep_studies.reproduce.methods import METHODS
    from bep_studies.reproduce.tables import network_table, sequence_table

    _check(args)
    names = [name for name in METHODS if name in (args.only or METHODS)]
    without_qat = "qat" in names and installed_version("torch") is None
    if without_qat:
        if args.only:
            raise ConfigError(f"qat: needs torch: {how_to_install('torch')}, or leave it out by --only")
        names.remove("qat")
    studies = [_study(args, name, names) for name in dict.fromkeys(args.experiments)]
    if without_qat:
        args.progress.print(f"torch is not installed: no column of QAT ({how_to_install('torch')})")
    results = _finished(args, studies) if args.finished else _trained(args, studies)
    for name, result in results.items():
        if name in EXPERIMENTS:
            args.report.print(network_table(result))
    if sequences := {name: result for name, result in results.items() if name in SEQUENCES}:
        args.report.print(sequence_table(sequences))
    if args.plot:
        write_atomically(args.plot, accuracy_plot(results["prototypes"]["rows"]))
    return results


def _trained(args: argparse.Namespace, studies: Sequence["Study | SequenceStudy"]) -> dict[str, Any]:
    from bep_studies.reproduce.runs import finish

    results = {}
    try:
        with locked(args.out), progress_bar(args.progress) as progress:
            for study in studies:
                done = partial(progress.advance, progress.add_task(study.name, total=study.runs))
                results[study.name] = study.carry_out(partial(finish, folder=args.out, jobs=args.jobs, done=done))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"finished runs are kept in {args.out}; repeat the command to go on") from None
    return results


def _finished(args: argparse.Namespace, studies: Sequence["Study | SequenceStudy"]) -> dict[str, Any]:
    from bep.kept import found

    results = {study.name: study.carry_out(partial(found, folder=args.out)) for study in studies}
    for name, result in results.items():
        if not result["rows"]:
            raise ConfigError(f"finished: {args.out} has no network of {name} with its search and a run")
    return results


def _study(args: argparse.Namespace, name: str, methods: list[str]) -> "Study | SequenceStudy":
    """The study called ``name``, by those of ``methods`` that its kind of network has."""
    from bep_studies.reproduce.methods import RECURRENT_METHODS
    from bep_studies.reproduce.sequence_study import SequenceStudy
    from bep_studies.reproduce.study import Study

    experiment = ALL[name]
    many, data = args.seeds or experiment.seeds, getattr(args, name.partition("-")[0], experiment.data)
    seeds = {method: args.qat_seeds or many if method == "qat" else many for method in methods}
    epochs, search_epochs = args.epochs or experiment.epochs[0], args.search_epochs or experiment.epochs[1]
    if isinstance(experiment, Experiment):
        widths, layers = args.widths or experiment.widths, args.layers or experiment.layers
        return Study(name, data, widths, layers, seeds, epochs, search_epochs)
    seeds = {method: own for method, own in seeds.items() if method in RECURRENT_METHODS}
    if not seeds:
        raise ConfigError(f"only: {' '.join(methods)} is for perceptrons; {name} needs bep or qat")
    return SequenceStudy(name, data, args.widths[0] if args.widths else experiment.width, seeds, epochs, search_epochs)


def _check(args: argparse.Namespace) -> None:
    from bep_studies.reproduce.methods import METHODS

    least = {"layers": 1, "widths": 2, "seeds": 1, "qat_seeds": 1, "epochs": 1, "search_epochs": 1, "jobs": 1}
    for name, limit in least.items():
        given = getattr(args, name)
        for value in given if isinstance(given, list) else [limit if given is None else given]:
            if value < limit:
                raise ConfigError(f"{name}: {value} is out of range; it must be at least {limit}")
    if args.widths and args.widths[1:] and any(name in SEQUENCES for name in args.experiments):
        raise ConfigError(f"widths: {len(args.widths)} given; recurrent networks take one")
    for name in args.only or ():
        if name not in METHODS:
            raise ConfigError(f"only: {name!r} is not known; known are {', '.join(METHODS)}")
    if args.plot and "prototypes" not in args.experiments:
        raise ConfigError("plot: it shows prototypes, which is not among what is to be reproduced")
    check_file("plot", args.plot)
