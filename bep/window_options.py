"""Options of window networks: their geometry, and how they learn."""

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from bep_ref.config import ConfigError, Geometry, Training, WindowNetwork, WindowTraining

if TYPE_CHECKING:
    from bep_ref.runs.task import Task

_NETWORK = ("offsets",)
"""Fields of a window network that an option sets and other networks do not have."""
_TRAINING = tuple(sorted({field.name for field in fields(WindowTraining)} - {field.name for field in fields(Training)}))
"""The same of its training."""
_NUMBERS = ("kernels", "spacing")
"""Fields of a geometry that are one number; the others are one for rows and one for columns."""
_PAIRS = ("window", "places", "regions", "pool")

SETTINGS = (*_NETWORK, *_TRAINING)
"""Settings of window networks that `add_windows` adds options for, beside ``geometry``."""


def add_windows(parser: argparse.ArgumentParser, add_field: Any) -> None:
    """An option for every setting; ``add_field`` (group, field) adds that of a configuration's field."""
    group = parser.add_argument_group(
        "window network", "Changes a preset's network; defaults are the preset's, shown by bep train."
    )
    group.add_argument(
        "--geometry",
        nargs="+",
        metavar="KEY=VALUE",
        help="where kernels look: window=7x7 places=5x5 kernels=20 regions=3x3 pool=2x2 spacing=2 (rows x columns); "
        "what is left out stays as the preset has it",
    )
    for record, names in ((WindowNetwork, _NETWORK), (WindowTraining, _TRAINING)):
        for field in fields(record):
            if field.name in names:
                add_field(group, field)


def window_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The options of `add_windows` that were given, by the names that `prepare` knows."""
    given = {name: getattr(args, name) for name in SETTINGS if getattr(args, name, None) is not None}
    if getattr(args, "geometry", None):
        if not args.preset and not getattr(args, "resume", False):
            raise ConfigError("geometry: it changes a preset's network; add --preset windows")
        given["geometry"] = read_geometry(args.geometry)
    return given


def read_geometry(words: Sequence[str]) -> dict[str, Any]:
    """Fields of `Geometry` from words such as ``window=7x7`` and ``kernels=20``; `ConfigError` for any other word."""
    read: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        sizes = text.split("x")
        if name in _NUMBERS and text.isdecimal():
            read[name] = int(text)
        elif name in _PAIRS and len(sizes) == 2 and all(size.isdecimal() for size in sizes):
            read[name] = tuple(int(size) for size in sizes)
        else:
            limits = "; ".join(f"{field.name}: {field.metadata['limit']}" for field in fields(Geometry)[1:])
            raise ConfigError(f"geometry: {word!r} is wrong; it must be such as window=7x7 or kernels=20 ({limits})")
    return read


def window_plan(task: "Task", training: WindowTraining) -> list[str]:
    """The lines that say how a window network is about to learn."""
    moved = f", samples moved by up to {training.shifts}" if training.shifts else ""
    steps = (
        f"groups of {training.group_size[0]}" if training.selection == "group" else f"{training.draw_bits} draw bits"
    )
    resting = sum(training.rests(done) for done in range(training.epochs))
    predicts = "sums" if training.sums else "counters"
    return [
        f"binarised by {task.binariser.spec}{moved}",
        f"batch {training.batch_size}, margin {training.margin:g}, gate {training.gate:g}, {steps}, "
        f"kernels rest in the last {resting} epochs, the read-out's {predicts} predict, seed {training.seed}",
    ]
