"""``bep run``: learn a data set on a board."""

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bep.command import CheckError
from bep.console import progress_bar
from bep.options import add_baud, add_data, add_task
from bep.training_run import add_folder, begin, complete, show_plan
from bep_ref.config import ConfigError, on_chip
from bep_ref.runs.train import Epoch, Trainer, batch_count

if TYPE_CHECKING:
    from bep_host.check import Check
    from bep_host.device import Device, Progress

NAME = "run"
HELP = "train a network on a board"
WRITES = ("out",)
DESCRIPTION = """\
Train a binary network on a board, real or simulated: the samples travel over the serial port, all learning happens on
the board. Results, files and options are those of bep train, and so is every bit.

A board whose cache has room for the training samples gets them once, and learns whole epochs by itself. It shuffles
them in an order of its own: that of bep train --shuffle-bits with the bits that number the cache's samples.

  bep run --port auto --data digits --epochs 5 --out run
  bep run --port /dev/ttyUSB1 --data digits --check       compare with the golden model at the end
  bep run --port auto --data digits --rule local          on a board built with --rule local
  bep run --port auto --data sequence:digits              on a board built with --state and --output
  bep run --port /dev/ttyUSB1 --out run --resume          after Ctrl-C, or when the board was unplugged

bep synth builds the bitstream, bep board --simulate a board without hardware.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    parser.add_argument(
        "--port", required=True, metavar="PORT", help="serial port of the board, or auto: the first where one answers"
    )
    add_baud(parser)
    parser.add_argument(
        "--check", action="store_true", help="learn the same in software too; exit code 1 if a bit differs"
    )
    parser.add_argument(
        "--stream", action="store_true", help="send the samples in every epoch, even where the board could hold them"
    )
    add_folder(parser)
    add_task(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_host.device import Device
    from bep_host.device_learner import DeviceLearner

    trainer = begin(args, "auto", hardware=True)
    on_chip(trainer.task.network, trainer.task.training)
    show_plan(trainer, args)
    with Device(args.port, args.baud) as device:
        args.report.print(f"{device.name}: {device.network}, {device.machine.lanes} lanes, build {device.build:08x}")
        if args.resume and trainer.net.walk_block != device.layout.column:
            raise ConfigError(
                f"board: {device.name} walks counters in columns of {device.layout.column} inputs, "
                f"the run in {args.out} began with {trainer.net.walk_block}; load the bitstream that it began with"
            )
        with progress_bar(args.progress) as progress:
            bar = progress.add_task("loading the network", total=None)

            def show(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            trainer.net = DeviceLearner(device, trainer.task, trainer.net, show)
            progress.update(bar, description="loading the samples")
            cached = _fill_cache(trainer, device, args, show)
        samples = f"{len(trainer.task.train):,} samples"
        args.report.print(f"{samples} in the board's cache" if cached else f"{samples} sent in every epoch")
        result = complete(trainer, args, f"bep run --port {args.port}", lambda epoch: _line(trainer, epoch))
        result |= {
            "port": device.name,
            "build": f"{device.build:08x}",
            "cached": cached,
            "repeated": device.connection.repeated,
        }
        if args.check:
            check = _check(trainer, device, args)
            result |= asdict(check)
            if check.mismatches:
                raise CheckError(f"{check.mismatches} values differ; first: {check.first_difference}", result)
            args.report.print(f"{check.counters_compared:,} counters compared with the golden model, 0 mismatches")
    return result


def _line(trainer: Trainer, epoch: Epoch) -> str:
    return (
        f"epoch {epoch.epoch}: training {epoch.train_accuracy:.1%}, validation {epoch.validation_accuracy:.1%}, "
        f"{len(trainer.task.train) / epoch.seconds:,.0f} samples/s"
    )


def _fill_cache(trainer: Trainer, device: "Device", args: argparse.Namespace, show: "Progress") -> bool:
    """Let the board hold the training samples, if it has room; a new run goes through them in the board's order."""
    from bep_host.cache import Cache

    task, bits = trainer.task, device.layout.index_bits
    if args.stream or len(task.train) > device.machine.cache_samples:
        return False
    if not args.resume and args.shuffle_bits is None:
        trainer.task = replace(task, training=replace(task.training, shuffle_bits=bits))
    if trainer.task.training.shuffle_bits != bits:
        return False
    trainer.teach = Cache(device, task.train.x, task.train.y, show).teach
    return True


def _check(trainer: Trainer, device: "Device", args: argparse.Namespace) -> "Check":
    from bep_host.check import compare, golden_run

    with progress_bar(args.progress) as progress:
        bar = progress.add_task("golden model", total=trainer.task.training.epochs * batch_count(trainer.task))
        golden = golden_run(trainer.task, device.layout, lambda: progress.advance(bar))
    return compare(golden, trainer)
