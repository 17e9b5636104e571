"""Options that several commands share, made from the configuration's own fields, limits and defaults."""

import argparse
import os
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bep.window_options import add_windows, window_settings
from bep_ref.config import (
    NONE,
    AnyNetwork,
    ConfigError,
    Machine,
    Network,
    RecurrentNetwork,
    SeriesInput,
    Training,
    WindowNetwork,
)
from bep_ref.datasets import FORMATS, load
from bep_ref.files.atomic import check_place

if TYPE_CHECKING:
    from bep.console import Console
    from bep_ref.notes import Notes
    from bep_ref.runs.task import Task

_SIZES = ("lanes", "update_lanes", "backward_lanes", "z_buffers", "hits_ahead", "slots", "cache_samples")
"""Fields of the machine that a user may set; the others belong to the board."""
_SHAPE = ("inputs", "hidden", "classes", "counter_bits")
"""Fields of a network that hardware knows."""
_SEQUENCE = ("state", "output", "steps")
"""The same of a recurrent network, in the place of hidden layers."""
HARDWARE = {"dead_zone": NONE}
"""Training options by default where hardware learns: what it has."""
STEPS = 8
"""Steps of a sequence where the hardware's network is not made from data."""
_PERCEPTRON = ("counter_bits", "readout")
"""Fields of a perceptron that learns from data, beside its hidden layers."""
HIDDEN = (128, 128)
"""Hidden layers of a perceptron whose other sizes come from data."""
RECURRENT = {"state": 255, "output": 255, "clock": 1}
"""The same of a recurrent network."""


def add_data(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """``--data SPEC``."""
    formats = "; ".join(f"{module.USAGE} ({module.SUMMARY})" for module in FORMATS.values())
    parser.add_argument("--data", metavar="SPEC", required=required, help=f"data set: {formats}")


def add_json(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """``--json FILE``, which every command has."""
    parser.add_argument(
        "--json",
        metavar="FILE",
        default=default,
        help="write the result as JSON to FILE, or to standard output with -",
    )


def add_jobs(parser: argparse.ArgumentParser, what: str = "") -> None:
    """``--jobs``: so many of ``what``, 1 unless told; else of what places and routes. Checked by `at_least`."""
    if what:
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help=f"{what}; at least 1 (default: 1)")
        return
    what = "placements at once, each about 1 GB of memory; at least 1 (default: cores, at most 4)"
    parser.add_argument("--jobs", type=int, metavar="N", default=min(4, os.cpu_count() or 1), help=what)


def at_least(args: argparse.Namespace, **limits: int) -> None:
    """Raise ConfigError for the first option whose number is below its limit."""
    for name, least in limits.items():
        if (value := getattr(args, name)) < least:
            raise ConfigError(f"{name.replace('_', '-')}: {value} is out of range; it must be at least {least}")


def check_file(option: str, path: Path | None) -> None:
    """Raise an error, which names the ``option`` or ``path``, where the file ``path``, if any, cannot be written.

    Commands call it before the work whose result goes there.
    """
    if path is None:
        return
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"{option}: the folder of {path} does not exist")
    check_place(path)


def add_baud(parser: argparse.ArgumentParser) -> None:
    """``--baud``."""
    from bep_host.ports import RATES

    what = f"bits a second on the line (default: the first of {', '.join(map(str, RATES))} at which the board answers)"
    parser.add_argument("--baud", type=int, metavar="N", help=what)


def add_task(parser: argparse.ArgumentParser, omit: tuple[str, ...] = (), recurrent: bool = True) -> None:
    """Layers, counters, binarisation and every training option, for a network that learns from ``--data``.

    ``omit`` names training options that the command has no use for, ``recurrent`` = False says that it has none for
    sequences. An option left out is None;
    `prepare` then takes the data's preset or the default.
    """
    from bep_ref.inputs.positions import USAGE
    from bep_ref.runs.presets import PRESETS

    parser.add_argument(
        "--preset",
        metavar="NAME",
        help=f"a window network cut to the data's shape: {' or '.join(PRESETS)}; options change it",
    )
    network = parser.add_argument_group("network")
    _add_field(network, _field(Network, "hidden"), HIDDEN)
    for name in _PERCEPTRON:
        _add_field(network, _field(Network, name))
    network.add_argument(
        "--binarise", metavar="HOW", help=f"how features become bits: {USAGE} (default: what suits the data)"
    )
    if recurrent:
        group = parser.add_argument_group(
            "recurrent network", "Learns data that holds sequences, in the place of hidden layers."
        )
        for name, default in RECURRENT.items():
            _add_field(group, _field(RecurrentNetwork, name), default)
        for field in fields(SeriesInput):
            _add_field(group, field)
    add_windows(parser, _add_field)
    training = parser.add_argument_group(
        "training",
        "Defaults; data sets, sequences (dead zone 0, patience 3, group limit 1, gate by width) and rule local (margin "
        "0.25, patience 0) bring better ones, shown by bep train.",
    )
    for field in fields(Training):
        if field.name not in omit:
            _add_field(training, field)


def task_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The options of `add_task` that were given, by the names that `prepare` knows."""
    names = ["hidden", *RECURRENT, *_PERCEPTRON, "binarise"]
    names += [field.name for record in (SeriesInput, Training) for field in fields(record)]
    given = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    return given | window_settings(args)


def prepare_task(args: argparse.Namespace, hardware: bool = False) -> "Task":
    """The task of `add_data`'s and `add_task`'s options, by default one that ``hardware`` can learn."""
    from bep_ref.runs.task import prepare

    dataset = load(args.data)
    default: dict[str, Any] = RECURRENT if dataset.sequential else {"hidden": HIDDEN}
    if args.preset:
        default = {"preset": args.preset}
    limits = HARDWARE if hardware and not args.preset else {}
    return prepare(dataset, {**default, **limits, **task_settings(args)})


def show_notes(console: "Console", notes: "Notes") -> None:
    """Print what was understood of data, a line each."""
    for note in notes:
        style = "yellow" if note.doubtful else None
        console.print(str(note), style=style, highlight=False)


def add_network(parser: argparse.ArgumentParser, default: Network) -> None:
    """All sizes of a network that is not learned from data here, ``--inputs --hidden --classes --counter-bits``, or
    for sequences ``--state --output --steps``, and the ``--rule`` by which it will learn."""
    group = parser.add_argument_group("network")
    for name in _SHAPE:
        _add_field(group, _field(Network, name), getattr(default, name))
    _add_field(group, _field(Machine, "rule"))
    group = parser.add_argument_group("recurrent network", "In the place of hidden layers; inputs are those of a step.")
    for name, value in zip(_SEQUENCE, (0, 0, STEPS), strict=True):
        _add_field(group, _field(RecurrentNetwork, name), value, str(value or "none"))


def network(args: argparse.Namespace, default: AnyNetwork) -> AnyNetwork:
    """The network of `add_network`'s options: a recurrent one where ``--state`` is given, or by default."""
    given = {name: getattr(args, name) for name in (*_SHAPE, *_SEQUENCE) if getattr(args, name) is not None}
    if isinstance(default, WindowNetwork):
        for name, value in given.items():
            raise ConfigError(f"{name}: {value} beside a window network; its shape is that of its geometry")
        return default
    if isinstance(default, Network) and not given.keys() & set(_SEQUENCE):
        return Network.from_dict(default.to_dict() | given)
    if "hidden" in given:
        raise ConfigError(
            f"hidden: {args.hidden} beside a recurrent network; it has a state and an output layer instead"
        )
    base = {name: value for name, value in default.to_dict().items() if name in RecurrentNetwork.__dataclass_fields__}
    return RecurrentNetwork.from_dict({"steps": STEPS} | base | given)


def add_machine(parser: argparse.ArgumentParser, board: bool = False) -> None:
    """Sizes of the machine, ``--lanes`` and so on; what is left out is chosen for network and ``--board``."""
    if board:
        parser.add_argument("--board", metavar="NAME", help="take the machine that bep synth builds for this board")
    group = parser.add_argument_group("machine", "Defaults: what suits the network and the board.")
    for name in _SIZES:
        meaning, limit = (_field(Machine, name).metadata[key] for key in ("meaning", "limit"))
        group.add_argument("--" + name.replace("_", "-"), type=int, metavar="N", help=f"{meaning}; {limit}")
    group.add_argument("--inference", action="store_true", help="without learning: weights are loaded, not trained")
    group.add_argument("--no-statistics", action="store_true", help="without event counters, where room is short")
    group.add_argument(
        "--no-receive-buffer", action="store_true", help="with one command of the host at a time, where room is short"
    )


def machine(args: argparse.Namespace, network: AnyNetwork, target: int = 128, **fixed: Any) -> Machine:
    """The machine of `add_machine`'s options: about ``target`` lanes by default, with ``fixed`` fields."""
    from bep_hw.plan.choose import choose_machine

    given = {name: getattr(args, name) for name in (*_SIZES, "rule") if getattr(args, name, None) is not None}
    given |= {name: False for name in ("statistics", "receive_buffer") if getattr(args, f"no_{name}")}
    if network.SEQUENTIAL:
        fixed["z_buffers"] = 1  # whatever suits perceptrons on this board
    return choose_machine(network, target, **{**fixed, **given, "training": not args.inference})


def board_machine(args: argparse.Namespace, network: AnyNetwork, **fixed: Any) -> Machine:
    """The machine of `add_machine`'s options on ``--board``, or on none, with ``fixed`` fields."""
    if args.board is None:
        return machine(args, network, **fixed)
    from bep_boards.registry import find

    board = find(args.board)
    return machine(args, network, board.lanes, **{**board.machine, **fixed})


def add_record(parser: argparse.ArgumentParser, kind: type[Any], title: str, description: str) -> None:
    """An option for every field of a configuration."""
    group = parser.add_argument_group(title, description)
    for field in fields(kind):
        _add_field(group, field)


def record(args: argparse.Namespace, kind: type[Any]) -> Any:
    """The configuration of `add_record`'s options."""
    given = {field.name: getattr(args, field.name) for field in fields(kind)}
    return kind.from_dict({name: value for name, value in given.items() if value is not None})


def _field(record: type[Any], name: str) -> "Field[Any]":
    return next(field for field in fields(record) if field.name == name)


def _flag(field: "Field[Any]") -> str:
    return "--" + field.name.replace("_", "-")


def _add_field(group: "argparse._ArgumentGroup", field: "Field[Any]", default: Any = MISSING, shown: str = "") -> None:
    """``--field-name`` of a configuration field, None where it is not given; the help shows limit and default."""
    default = field.default if default is MISSING else default
    if field.type is bool:
        text = f"{field.metadata['meaning']} (default: {default})"
        group.add_argument(_flag(field), action=argparse.BooleanOptionalAction, help=text)
        return
    several = isinstance(default, tuple)
    shown = shown or (" ".join(map(str, default)) or NONE if several else NONE if default is None else str(default))
    group.add_argument(
        _flag(field),
        type=_reader(field.type, default),
        nargs="+" if several else None,
        metavar="NAME" if isinstance(default, str) else "N" if several or isinstance(default, int | None) else "X",
        help=f"{field.metadata['meaning']}; {field.metadata['limit']} (default: {shown})".replace("%", "%%"),
    )


def _reader(kind: Any, default: Any) -> Callable[[str], Any]:
    """What reads a value of a field of type ``kind``."""
    if default is None:
        return _number_or_none
    if isinstance(default, tuple):
        return float if kind == tuple[float, ...] else int
    return type(default)


def _number_or_none(text: str) -> int | str:
    """What an option holds that may be ``none``: not None itself, which is an option left out."""
    return text if text == NONE else int(text)
