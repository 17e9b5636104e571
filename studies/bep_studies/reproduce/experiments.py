"""What is trained, and the published figures to stand beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Figure = tuple[float, float]
"""Test accuracy, mean and standard deviation, in percent."""
WIDTHS = (35, 75, 135, 255, 525)


@dataclass(frozen=True)
class Experiment:
    """Networks of every number of ``layers`` of every one of ``widths`` learn the data of specification ``data``.

    ``settings`` are those of a method that were found for this data before the search, beside the method's own;
    ``epochs`` are those of a run and of one of the search, ``seeds`` those of the runs, unless a user has others.
    ``published`` has the figures for `WIDTHS` by layers and method, ``best`` the accuracy of the best possible
    rule, in percent.
    """

    data: str
    widths: tuple[int, ...]
    layers: tuple[int, ...]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    published: Mapping[tuple[int, str], tuple[Figure, ...]] = field(default_factory=dict)
    best: float | None = None
    epochs: tuple[int, int] = (50, 50)
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)

    def figure(self, layers: int, width: int, method: str) -> Figure | None:
        """The published figure of a network, if there is one."""
        row = self.published.get((layers, method), ())
        return dict(zip(WIDTHS, row, strict=False)).get(width)


_PROTOTYPES = {
    (2, "bep"): ((61.69, 0.57), (70.45, 0.67), (74.06, 0.38), (76.05, 0.24), (77.24, 0.16)),
    (2, "local"): ((55.97, 0.87), (64.96, 0.74), (71.38, 0.38), (74.59, 0.26), (76.14, 0.54)),
    (2, "qat with batch-norm"): ((67.74, 0.81), (71.84, 0.49), (72.37, 0.65), (73.56, 0.43), (73.90, 0.44)),
    (2, "qat"): ((31.2, 1.2), (44.4, 1.2), (50.6, 1.0), (55.1, 1.5), (59.3, 0.9)),
    (3, "bep"): ((58.58, 0.78), (69.31, 0.33), (72.36, 0.63), (74.74, 0.27), (76.14, 0.42)),
    (3, "local"): ((51.69, 0.90), (62.66, 0.96), (70.83, 0.58), (74.20, 0.70), (75.69, 0.38)),
}
"""[BEP] (arXiv 2512.04189v2), Fig. 2; its QAT without batch-norm is fully binary."""
_FASHION = {
    (2, "bep"): tuple((mean, 0.0) for mean in (82.63, 84.25, 84.92, 85.48, 85.82)),
    (2, "local"): tuple((mean, 0.0) for mean in (81.53, 83.69, 84.68, 85.07, 85.47)),
    (2, "qat with batch-norm"): tuple((mean, 0.0) for mean in (82.53, 84.39, 85.10, 86.04, 86.69)),
}
"""The same, FashionMNIST; deviations are not taken over."""

_CALM = {"reinforcement": 1.0, "batch_size": 20}
_NOISY = {"bep": {"margin": 1.0, **_CALM}, "local": _CALM}
"""Nearly every sample is far from its prototype: with BEP all may update, and reinforcement, strong and after every few
samples, calms the weights."""

EXPERIMENTS = {
    "prototypes": Experiment("prototypes", WIDTHS, (2, 3), _NOISY, _PROTOTYPES, best=81.6),
    "digits": Experiment("digits", (128,), (2,)),
    "mnist": Experiment("mnist:data/mnist", (128,), (2,)),
    "fashion": Experiment("mnist:data/fashion", WIDTHS, (2,), published=_FASHION),
}


@dataclass(frozen=True)
class SequenceExperiment:
    """A recurrent network, K_x = K_s = K_y = ``width``, learns the sequences of specification ``data``.

    ``grid`` is searched for every method, beside the method's own and ``own``, what this data adds to it by method;
    ``settings`` are fixed for all. Trials are the means of ``search_seeds``, which no reported run has. With ``folds``,
    both parts of the data are cut into so many, each is the test part once, and the search is repeated on the others.
    ``published`` has the figures by method; ``epochs`` and ``seeds`` are those of `Experiment`.
    """

    data: str
    grid: Mapping[str, tuple[Any, ...]]
    settings: Mapping[str, Any]
    epochs: tuple[int, int] = (50, 20)
    seeds: tuple[int, ...] = (1, 2, 3)
    width: int = 255
    folds: int = 0
    published: Mapping[str, Figure] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)
    search_seeds: tuple[int, ...] = (0,)


_ITALY, _DIGITS, _SMNIST = "ucr:data/ucr/ItalyPowerDemand", "sequence:digits", "smnist:data/mnist"
_IMAGES = {"bep": {"dead_zone": (0, 8)}}
"""Half of sqrt(K), beside 0."""
_FEW_SAMPLES = (0, 101, 102)
"""Where few are held out (135 digits), one seed chooses by chance."""
SEQUENCES = {
    "italy": SequenceExperiment(
        _ITALY,
        {"window": (3, 6, 8), "binarise": ("thermometer=10", "thermometer=20")},
        {"batch_size": 50, "validation": 0.2},
        epochs=(50, 15),
        folds=3,
        published={"bep": (94.65, 1.22), "qat": (83.18, 0.0)},
    ),
    "italy-24": SequenceExperiment(
        _ITALY, {"window": (1,)}, {"batch_size": 50, "validation": 0.2}, epochs=(50, 15), folds=3
    ),
    "sequence": SequenceExperiment(
        _DIGITS, {"window": (1,)}, {"batch_size": 50}, epochs=(50, 50), own=_IMAGES, search_seeds=_FEW_SAMPLES
    ),
    "sequence-clocked": SequenceExperiment(
        _DIGITS, {"window": (1,)}, {"batch_size": 50, "clock": 2}, (50, 50), own=_IMAGES, search_seeds=_FEW_SAMPLES
    ),
    "smnist": SequenceExperiment(_SMNIST, {"window": (4,)}, {"batch_size": 100}, epochs=(30, 4), own=_IMAGES),
    "smnist-clocked": SequenceExperiment(
        _SMNIST, {"window": (4,)}, {"batch_size": 100, "clock": 7}, epochs=(30, 4), own=_IMAGES
    ),
}
"""[BEP], Sec. 4: its networks for the archive have K = 1035; the deviation of its QAT is not taken over. Where the
window is the only one, it is part of the task: with a longer one the sequence would be short."""


def draw(data: str, seed: int) -> str:
    """The data of the run with ``seed``: random prototypes are drawn anew for each, other data are what they are."""
    name, _, options = data.partition(":")
    return f"{name}:{options},seed={seed}".replace(":,", ":") if name == "prototypes" else data
