"""The commands that add what a folder does not hold."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bep_ref.config import RULES, AnyNetwork, Training, WindowNetwork
from bep_ref.inputs.kinds import AnyBinariser
from bep_ref.inputs.series import SeriesBinariser
from bep_report.markup import tag
from bep_report.run_folder import RunFolder


def train(run: RunFolder) -> Markup:
    """Measures what a run measures today, into this folder."""
    if run.unfinished or run.metrics:
        return _adds("train", "--out", run.path, "--resume")
    return _adds("train", "--data", run.model.data if run.model else "digits", *_sizes(run.network), "--out", run.path)


def cosim(run: RunFolder) -> Markup:
    """Counts cycles of this run's network in simulated hardware."""
    if refused := _without_hardware(run.network):
        return refused
    source = run.metrics or run.model
    words = ["--data", source.data if source else "digits", *_sizes(run.network)]
    if run.model:
        words += _inputs(run.model.binariser)
    if source and source.training.rule in RULES and source.training.rule != Training.rule:
        words += ["--rule", source.training.rule]
    return _adds("cosim", *words, "--json", run.path / "cosim.json")


def synth(run: RunFolder) -> Markup:
    """Builds this run's network for a board."""
    if refused := _without_hardware(run.network):
        return refused
    words = list[str | Path]()
    if isinstance(run.network, WindowNetwork):
        return Markup("Not in this folder: bep synth builds no window networks so far; bep verilog writes one.")
    if network := run.network:
        others = {name: value for name, value in network.to_dict().items() if name in ("inputs", "classes", "steps")}
        words = [*_options(others), *_sizes(network)]
    return _adds("synth", "--board", "icebreaker", *words, "--out", run.path / "icebreaker")


def _sizes(network: AnyNetwork | None) -> list[str]:
    """What was chosen of ``network``, as far as it is not the default."""
    if network is None:
        return []
    if isinstance(network, WindowNetwork):
        return _window_options(network)
    default = {name: field.default for name, field in network.__dataclass_fields__.items()}
    chosen = {**network.chosen(), "counter_bits": network.counter_bits}
    return _options({name: value for name, value in chosen.items() if value != default[name]})


def _window_options(network: WindowNetwork) -> list[str]:
    """The preset, and everything that its network may have otherwise."""
    geometry = {name: value for name, value in network.geometry.to_dict().items() if name != "shape"}
    words = [f"{name}={'x'.join(map(str, v)) if isinstance(v, tuple) else v}" for name, v in geometry.items()]
    others = {name: getattr(network, name) for name in ("offsets", "readout", "counter_bits")}
    return ["--preset", "windows", "--geometry", *words, *_options(others)]


def _options(values: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in values.items():
        words += ["--" + name.replace("_", "-"), *map(str, value if isinstance(value, tuple) else (value,))]
    return words


def _inputs(binariser: AnyBinariser) -> list[str]:
    """How features become bits."""
    words = ["--binarise", binariser.spec]
    if isinstance(binariser, SeriesBinariser):
        words += [word for name, value in binariser.shape.to_dict().items() for word in (f"--{name}", str(value))]
    return words


def _without_hardware(network: AnyNetwork | None) -> Markup | None:
    if network and network.software_only:
        return Markup("Read-outs learn in software only so far: there is no hardware to measure.")
    return None


def _adds(*words: str | Path) -> Markup:
    return Markup("Not in this folder yet; {} adds it.").format(tag("code", "bep " + shlex.join(map(str, words))))
