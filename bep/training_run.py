"""A training run as the command line shows it: its plan, its progress, and the files it leaves."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bep.console import Table, progress_bar
from bep.options import prepare_task, show_notes, task_settings
from bep.window_options import window_plan
from bep_ref.config import NONE, RULES, ConfigError, WindowTraining
from bep_ref.files.atomic import write_atomically
from bep_ref.inputs.series import SeriesBinariser
from bep_ref.networks.initial import initial_net
from bep_ref.runs.checkpoint import Saved, save_checkpoint
from bep_ref.runs.evaluate import confusion, predict
from bep_ref.runs.train import Epoch, Trainer, batch_count


def add_folder(parser: argparse.ArgumentParser) -> None:
    """``--out`` and ``--resume``."""
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("run"), help="folder of results (default: run)")
    parser.add_argument(
        "--resume", action="store_true", help="continue the run in --out, with the options it began with"
    )


def begin(args: argparse.Namespace, engine: str, hardware: bool = False) -> Trainer:
    """A new run, or the one in ``--out``; ``engine`` computes what is computed in software, ``hardware`` the rest."""
    given = task_settings(args)
    checkpoint = args.out / "checkpoint.npz"
    if args.resume:
        if args.preset:
            raise ConfigError(f"preset: {args.preset} is out of range; a resumed run has the options it began with")
        return Saved.read(checkpoint).resume(given, args.data, engine)
    if args.data is None:
        raise ConfigError("data: --data SPEC is needed, unless --resume continues a run")
    task = prepare_task(args, hardware)
    trainer = Trainer(task, initial_net(task.network, task.training, engine))
    if checkpoint.exists():
        args.report.print(f"{args.out} holds an earlier run, which this one replaces", style="yellow")
    return trainer


def plan(trainer: Trainer) -> list[str]:
    """The lines that say what is about to be done."""
    task, training = trainer.task, trainer.task.training
    parts = f"{len(task.train)} training, {len(task.validation)} validation, {len(task.test)} test samples"
    lines = [f"{task.data}: {parts}"]
    if isinstance(task.binariser, SeriesBinariser):
        shape = task.binariser.shape
        expanded = f"expanded to {shape.expansion} bits" if shape.expansion else "not expanded"
        steps = f"{task.train.x.shape[1]} steps, windows of {shape.window}"
        lines.append(f"{steps}, {task.binariser.spec}, {expanded}")
    rest = f", weights rest in the last {training.settle:.0%} of the epochs" if training.settle else ""
    lines.append(f"{task.network}, {task.network.synapses} synapses with {task.network.counter_bits}-bit counters")
    if isinstance(training, WindowTraining):
        return [*lines, *window_plan(task, training)]
    dead_zone = NONE if training.dead_zone is None else training.dead_zone
    projected = f"dead zone {dead_zone}, " if RULES[training.rule].goes_back else ""
    lines.append(
        f"rule {training.rule}, batch {training.batch_size}, margin {training.margin:g}, gate {training.gate:g}, "
        f"{projected}group size {'/'.join(str(size) for size in training.group_size)}, seed {training.seed}{rest}"
    )
    return lines


def show_plan(trainer: Trainer, args: argparse.Namespace) -> None:
    """Print what was understood of the data, and `plan`."""
    show_notes(args.progress, trainer.task.notes)
    args.report.print(*plan(trainer), sep="\n")


def complete(
    trainer: Trainer, args: argparse.Namespace, again: str, tell: Callable[[Epoch], str | None] = lambda epoch: None
) -> dict[str, Any]:
    """Train with a progress bar, saving after every epoch, and write the results; ``tell`` has a line for each epoch.

    ``again`` is the command that continues the run after an interruption.
    """
    checkpoint = args.out / "checkpoint.npz"
    save_checkpoint(checkpoint, trainer)
    try:
        _train(trainer, args, tell)
        return _finish(trainer, args)
    except (KeyboardInterrupt, ConfigError) as stop:
        # an epoch may be done and not saved
        done, epochs = len(Saved.read(checkpoint).header["history"]), trainer.task.training.epochs
        saved = f"{done} of {epochs} epochs are saved; continue with: {again} --out {args.out} --resume"
        raise type(stop)("; ".join([*map(str, stop.args), saved])) from None


def _train(trainer: Trainer, args: argparse.Namespace, tell: Callable[[Epoch], str | None]) -> None:
    per_epoch, epochs = batch_count(trainer.task), trainer.task.training.epochs
    with progress_bar(args.progress) as progress:
        bar = progress.add_task("training", total=epochs * per_epoch, completed=len(trainer.history) * per_epoch)

        def after_epoch(trainer: Trainer) -> None:
            save_checkpoint(args.out / "checkpoint.npz", trainer)
            last = trainer.history[-1]
            text = f"epoch {last.epoch}/{epochs}, validation {last.validation_accuracy:.1%}"
            progress.update(bar, description=text)
            if line := tell(last):
                progress.console.print(line)

        trainer.run(after_epoch, lambda: progress.advance(bar))


def _finish(trainer: Trainer, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the kept model on test data, write the results and show them."""
    from bep.learning_curve import learning_curve  # matplotlib takes a second to import

    task, model = trainer.task, trainer.model
    files = {"model": "model.npz", "metrics": "metrics.json", "learning_curve": "learning_curve.png"}
    paths = {name: args.out / file for name, file in files.items()}
    matrix = confusion(predict(model.net(), task.test.x), task.test.y, task.network.classes)
    result = {
        "data": task.data,
        "network": str(task.network),
        "seed": task.training.seed,
        "epochs": len(trainer.history),
        "best_epoch": model.epoch,
        "train_accuracy": trainer.best.train_accuracy,
        "validation_accuracy": model.validation_accuracy,
        "test_accuracy": float(matrix.trace() / matrix.sum()),
        "samples_per_second": trainer.samples_per_second,
        **{name: str(path) for name, path in paths.items()},
    }
    metrics = {
        **result,
        "network": task.network.to_dict(),
        "training": task.training.to_dict(),
        "binarise": task.binariser.spec,
        **({"series": task.binariser.shape.to_dict()} if isinstance(task.binariser, SeriesBinariser) else {}),
        "image": list(task.image),
        "classes": list(task.class_names),
        "confusion": matrix.tolist(),
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
