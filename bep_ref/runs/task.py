"""From a data set to what a run learns: bits, a validation part, the network's and the training's configuration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import (
    BEP,
    RULES,
    AnyNetwork,
    ConfigError,
    Network,
    RecurrentNetwork,
    SeriesInput,
    Training,
    WindowTraining,
    check_group_sizes,
    default_group_sizes,
)
from bep_ref.datasets import Dataset
from bep_ref.inputs.binarise import fit_binariser
from bep_ref.inputs.kinds import AnyBinariser
from bep_ref.inputs.losses import losses
from bep_ref.inputs.series import fit_series_binariser
from bep_ref.notes import Notes
from bep_ref.runs.presets import with_preset
from bep_ref.runs.shuffle import check_shuffle
from bep_ref.runs.splits import stratified_split
from bep_ref.runs.window_task import design_windows, is_window_task, window_training

RECURRENT_PRESET = {"dead_zone": 0, "gate": 0.1, "patience": 3, "group_limit": 1.0}
"""What recurrent networks prefer. Validation accuracy of 255-(255)-255-10 on MNIST in 7 steps, 15 epochs, three seeds:
without the dead zone training dies wherever most sums are 0; schedules that stop at a quarter of the width lose 1.6."""
GATE_STATE = 255
"""Neurons of the state for which presets have their gate. A wider state prefers a narrower gate: the number of sums
within it stays that of gate * sqrt(K_s / 2), in standard deviations."""
_PERCEPTRON = (*Network.CHOSEN, "settle")
"""Settings that only perceptrons have a use for."""
_RECURRENT = (*RecurrentNetwork.CHOSEN, *(field.name for field in fields(SeriesInput)))
"""Settings that only sequences have a use for."""


_WINDOWS = sorted({field.name for field in fields(WindowTraining)} - {field.name for field in fields(Training)})
"""Settings that only window networks have a use for."""


@dataclass(frozen=True)
class Samples:
    """Binarised samples: ``x`` (n, inputs) of ±1 (int8) and ``y`` (n,) classes.

    Sequences are (n, steps, inputs), steps after the end of a shorter one 0.
    """

    x: NDArray[np.int8]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Task:
    """Everything that fixes a run: the same task gives the same bits on any machine.

    ``train`` is what is learned, ``validation`` (held out of the training data) chooses, ``test`` only measures.
    ``training.group_size`` is filled in. ``image``, ``columns`` and ``label`` are the data set's. ``notes`` say what
    was understood and what was lost on the way from the data to the bits.
    """

    data: str
    data_digest: str
    class_names: tuple[str, ...]
    binariser: AnyBinariser
    network: AnyNetwork
    training: Training
    train: Samples
    validation: Samples
    test: Samples
    image: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    label: str = ""
    notes: Notes = ()


def prepare(dataset: Dataset, settings: dict[str, Any]) -> Task:
    """The task of learning ``dataset`` with ``settings``, those of `design`.

    The binariser is fitted on the samples learned from, not on those held out.

    Raises
    ------
    ConfigError : a setting out of range, or one that does not suit the data.
    """
    settings = with_preset(dataset, settings)
    training = _training(dataset, settings)
    kept, held = stratified_split(
        dataset.y_train, round(training.validation * len(dataset.y_train)), training.seed, "validation"
    )
    check_shuffle(training.shuffle_bits, len(kept))
    known = dataset.x_train[kept]
    binariser, network, training = design(dataset, settings, known)
    return Task(
        data=dataset.spec,
        data_digest=dataset.digest(),
        class_names=dataset.class_names,
        binariser=binariser,
        network=network,
        training=training,
        train=Samples(binariser(known), dataset.y_train[kept]),
        validation=Samples(binariser(dataset.x_train[held]), dataset.y_train[held]),
        test=Samples(binariser(dataset.x_test), dataset.y_test),
        image=dataset.image,
        columns=dataset.columns,
        label=dataset.label,
        notes=dataset.notes + losses(binariser, known).notes(dataset.columns),
    )


def design(
    dataset: Dataset, settings: dict[str, Any], known: NDArray[Any]
) -> tuple[AnyBinariser, AnyNetwork, Training]:
    """The network that learns ``dataset``, with its binariser.

    Settings with a ``preset`` or a ``geometry`` are those of a window network (`design_windows`). Otherwise it is a
    perceptron, or for sequences a recurrent network.
    ``settings`` may hold ``hidden`` (required) and ``readout``, for sequences instead ``state`` and
    ``output`` (required), ``clock`` and any field of `SeriesInput`; ``counter_bits``, ``binarise`` and any
    field of `Training`. What it leaves out comes from the data set's preset, then from the
    defaults. One group size serves all layers. The binariser is fitted on features ``known`` (n, ...) alone.

    Raises
    ------
    ConfigError : a setting out of range, or one that does not suit the data.
    """
    settings = with_preset(dataset, settings)
    if is_window_task(settings):
        return design_windows(dataset, settings, known)
    settings = _complete(dataset, settings)
    training = Training.from_dict(_of(Training, settings))
    levels = settings.get("binarise", dataset.binarise)
    binariser: AnyBinariser
    network: AnyNetwork
    if dataset.sequential:
        binariser = fit_series_binariser(
            levels, SeriesInput.from_dict(_of(SeriesInput, settings)), known, training.seed
        )
        longest = max(part.shape[1] for part in (dataset.x_train, dataset.x_test))
        ends = {"inputs": binariser.bits, "classes": len(dataset.class_names), "steps": binariser.steps(longest)}
        network = RecurrentNetwork.from_dict(_of(RecurrentNetwork, settings) | ends)
    else:
        binariser = fit_binariser(levels, known)
        ends = {"inputs": binariser.bits, "classes": len(dataset.class_names)}
        network = Network.from_dict(_of(Network, settings) | ends)
        if training.settle and not network.readout:
            raise ConfigError(f"settle: {training.settle} needs a read-out, such as readout 12, to go on")
    sizes = every_layer(training.group_size, len(network.widths))
    sizes = sizes or default_group_sizes(network.widths, dataset.group_target)
    check_group_sizes(sizes, network.widths)
    return binariser, network, Training.from_dict(training.to_dict() | {"group_size": sizes})


def _training(dataset: Dataset, settings: dict[str, Any]) -> Training:
    """How the network of ``settings`` learns; group sizes as they were given."""
    if is_window_task(settings):
        return window_training(settings)
    return Training.from_dict(_of(Training, _complete(dataset, settings)))


def _complete(dataset: Dataset, settings: dict[str, Any]) -> dict[str, Any]:
    """``settings`` that suit ``dataset``, and what its preset and the rule's say where they say nothing."""
    _check_kind(dataset, settings)
    rule = RULES.get(settings.get("rule", Training.rule), BEP)  # `Training` refuses an unknown one
    if dataset.sequential and not rule.sequential:
        raise ConfigError(
            f"rule: {rule.name} is for perceptrons; {dataset.spec} holds sequences, which need {BEP.name}"
        )
    kind = RECURRENT_PRESET if dataset.sequential else {}
    preset = {**kind, **dataset.preset, **rule.preset}
    state = settings.get("state", GATE_STATE)
    if (
        dataset.sequential and isinstance(state, Real) and float(state) >= 2
    ):  # others are refused where the network is made
        preset["gate"] = gate_of_state(preset["gate"], float(state))
    return {**preset, **settings}


def gate_of_state(gate: float, state: float) -> float:
    """The gate of a ``state`` of so many neurons that stands for ``gate`` with `GATE_STATE`, at most 1."""
    return min(1.0, round(gate * math.sqrt(GATE_STATE / state), 4))


def _check_kind(dataset: Dataset, settings: dict[str, Any]) -> None:
    """Refuse settings of other kinds of networks."""
    for name in _WINDOWS:
        if name in settings:
            raise ConfigError(f"{name}: only window networks have one; add the preset windows")
    if dataset.sequential:
        for name in _PERCEPTRON:
            if settings.get(name):
                raise ConfigError(f"{name}: {dataset.spec} holds sequences, and only perceptrons have one")
        return
    for name in _RECURRENT:
        if name in settings:
            raise ConfigError(f"{name}: only networks for sequences have one; {dataset.spec} holds none")


def _of(record: type[Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Those of ``settings`` that are fields of ``record``."""
    return {field.name: settings[field.name] for field in fields(record) if field.name in settings}


def every_layer(sizes: Sequence[int], layers: int) -> tuple[int, ...]:
    """Group sizes of ``layers`` layers, where one value stands for all of them."""
    return tuple(sizes) * (layers if len(sizes) == 1 else 1)
