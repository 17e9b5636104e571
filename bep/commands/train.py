"""``bep train``: learn a data set in software."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from bep.console import progress_bar
from bep.options import add_data, add_task, prepare_task, task_settings
from bep_ref.atomic import write_atomically
from bep_ref.checkpoint import Saved, save_checkpoint
from bep_ref.config import ConfigError
from bep_ref.engines import ENGINES, engine
from bep_ref.evaluate import accuracy
from bep_ref.initial import initial_net
from bep_ref.mlp import BinaryMlp
from bep_ref.series import SeriesBinariser
from bep_ref.train import Trainer, batch_count

NAME = "train"
HELP = "train a network in software"
DESCRIPTION = """\
Train a binary network by Binary Error Propagation with the golden model, whose every bit the hardware repeats.

  bep train --data digits --out run
  bep train --data digits --rule local --out run                local error signals, without a backward pass
  bep train --data ucr:ItalyPowerDemand --window 6 --out run    time series, by a recurrent network

writes run/model.npz (the network of the epoch best on held-out validation data), run/metrics.json (every epoch),
run/learning_curve.png and run/checkpoint.npz. The same options and seed give the same bits on any machine. A run that
was stopped, by Ctrl-C or by a power cut, continues with

  bep train --out run --resume

to the same bits as if it had never stopped; --epochs may then be raised to train longer.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("run"), help="folder of results (default: run)")
    parser.add_argument(
        "--resume", action="store_true", help="continue the run in --out, with the options it began with"
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what computes, the same bits at another speed: packed words compiled by numba, or the readable NumPy "
        "specification (default: auto, which is packed where numba is installed)",
    )
    add_task(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.engine == "auto" and engine() is BinaryMlp:
        args.progress.print("numba is not installed: the readable engine trains, slowly (pip install 'bep[fast]')")
    trainer = _trainer(args)
    args.out.mkdir(parents=True, exist_ok=True)
    args.report.print(_plan(trainer))
    save_checkpoint(args.out / "checkpoint.npz", trainer)
    try:
        _train(trainer, args)
        return _finish(trainer, args)
    except KeyboardInterrupt:
        saved = Saved.read(args.out / "checkpoint.npz")  # an epoch may be done and not saved
        raise KeyboardInterrupt(
            f"{len(saved.header['history'])} of {trainer.task.training.epochs} epochs are saved; "
            f"continue with: bep train --out {args.out} --resume"
        ) from None


def _trainer(args: argparse.Namespace) -> Trainer:
    """A new run, or the one in ``--out``."""
    given = task_settings(args)
    checkpoint = args.out / "checkpoint.npz"
    if args.resume:
        return Saved.read(checkpoint).resume(given, args.data, args.engine)
    if args.data is None:
        raise ConfigError("data: --data SPEC is needed, unless --resume continues a run")
    task = prepare_task(args)
    trainer = Trainer(task, initial_net(task.network, task.training, args.engine))
    if checkpoint.exists():
        args.report.print(f"{args.out} holds an earlier run, which this one replaces", style="yellow")
    return trainer


def _plan(trainer: Trainer) -> str:
    task, training = trainer.task, trainer.task.training
    steps = ""
    if isinstance(task.binariser, SeriesBinariser):
        shape = task.binariser.shape
        steps = f"{task.train.x.shape[1]} steps, windows of {shape.window}, {task.binariser.spec}, "
        steps += f"expanded to {shape.expansion} bits\n" if shape.expansion else "not expanded\n"
    return (
        f"{task.data}: {len(task.train)} training, {len(task.validation)} validation, {len(task.test)} test samples\n"
        f"{steps}"
        f"{task.network}, {task.network.synapses} synapses with {task.network.counter_bits}-bit counters\n"
        f"rule {training.rule}, batch {training.batch_size}, margin {training.margin:g}, gate {training.gate:g}, "
        f"group size {'/'.join(str(size) for size in training.group_size)}, seed {training.seed}"
    )


def _train(trainer: Trainer, args: argparse.Namespace) -> None:
    per_epoch, epochs = batch_count(trainer.task), trainer.task.training.epochs
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("training", total=epochs * per_epoch, completed=len(trainer.history) * per_epoch)

        def after_epoch(trainer: Trainer) -> None:
            save_checkpoint(args.out / "checkpoint.npz", trainer)
            last = trainer.history[-1]
            text = f"epoch {last.epoch}/{epochs}, validation {last.validation_accuracy:.1%}"
            progress.update(bar, description=text)

        trainer.run(after_epoch, lambda: progress.advance(bar))


def _finish(trainer: Trainer, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the kept model on test data, write the results and show them."""
    from bep.learning_curve import learning_curve  # matplotlib takes a second to import

    task, model = trainer.task, trainer.model
    files = {"model": "model.npz", "metrics": "metrics.json", "learning_curve": "learning_curve.png"}
    paths = {name: args.out / file for name, file in files.items()}
    result = {
        "data": task.data,
        "network": str(task.network),
        "seed": task.training.seed,
        "epochs": len(trainer.history),
        "best_epoch": model.epoch,
        "train_accuracy": trainer.best.train_accuracy,
        "validation_accuracy": model.validation_accuracy,
        "test_accuracy": accuracy(model.net(), task.test.x, task.test.y),
        "samples_per_second": trainer.samples_per_second,
        **{name: str(path) for name, path in paths.items()},
    }
    metrics = {
        **result,
        "network": task.network.to_dict(),
        "training": task.training.to_dict(),
        "binarise": task.binariser.spec,
        **({"series": task.binariser.shape.to_dict()} if isinstance(task.binariser, SeriesBinariser) else {}),
        "history": [asdict(epoch) for epoch in trainer.history],
    }
    model.save(paths["model"])
    write_atomically(paths["metrics"], (json.dumps(metrics, indent=2) + "\n").encode())
    name = task.data.partition(":")[0]  # the whole specification may be a long path
    title = f"{task.network} on {name}: {result['test_accuracy']:.1%} of test samples right"
    write_atomically(paths["learning_curve"], learning_curve(trainer.history, trainer.best, title))
    args.report.print(_summary(result))
    return result


def _summary(result: dict[str, Any]) -> Table:
    table = Table(show_header=False)
    table.add_row("test accuracy", f"{result['test_accuracy']:.2%}")
    table.add_row("validation accuracy", f"{result['validation_accuracy']:.2%} (epoch {result['best_epoch']})")
    table.add_row("training speed", f"{result['samples_per_second']:,.0f} samples/s")
    for name in ("model", "metrics", "learning_curve"):
        table.add_row(name.replace("_", " "), result[name])
    return table
