"""`prototypes`: the papers' Random Prototypes task, made on the spot.

Each class is one random ±1 vector; a sample is its class's vector with every bit flipped with probability
``flip`` ([BEP], Sec. 4.1: 10 classes, 1000 bits, 0.46; the best possible rule reaches 81.6 %).
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError, Dataset
from bep_ref.runs.seeding import flips, signs, stream

NAME = "prototypes"
SUMMARY = "random ±1 prototypes with noise, made on the spot"


@dataclass(frozen=True)
class Options:
    """Options of the specification, with the paper's values as defaults."""

    classes: int = 10
    bits: int = 1000
    flip: float = 0.46
    train: int = 20_000
    test: int = 3_000
    seed: int = 1

    def __post_init__(self) -> None:
        limits = {"classes": (2, 256), "bits": (1, 65536), "flip": (0, 0.5), "seed": (0, 2**32 - 1)}
        limits |= {"train": (2 * self.classes, 10**7), "test": (1, 10**7)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise DataError(
                    f"data: prototypes: {name}: {getattr(self, name)} is out of range; it must be {low} to {high}"
                )


DEFAULTS: dict[str, int | float] = asdict(Options())
USAGE = "prototypes[:" + ",".join(f"{name}={value}" for name, value in DEFAULTS.items()) + "]"


def parse(argument: str) -> Options:
    """Options from ``name=value,...``; names left out keep their defaults."""
    values = dict(DEFAULTS)
    for part in filter(None, argument.split(",")):
        name, _, text = part.partition("=")
        if name not in values:
            raise DataError(f"data: prototypes: unknown option {name!r}; known are {', '.join(DEFAULTS)}")
        whole = isinstance(DEFAULTS[name], int)
        try:
            values[name] = int(text) if whole else float(text)
        except ValueError:
            kind = "a whole number" if whole else "a number"
            raise DataError(f"data: prototypes: {name}: {text!r} is not {kind}") from None
    return Options(**values)  # type: ignore[arg-type]  # each value has its default's type


def load(argument: str) -> Dataset:
    """Balanced classes; training and test part draw their noise from streams of their own."""
    options = parse(argument)
    prototypes = signs(stream(options.seed, "prototypes"), (options.classes, options.bits))

    def samples(purpose: str, count: int) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        y = np.arange(count, dtype=np.int64) % options.classes
        return prototypes[y] * flips(stream(options.seed, purpose), options.flip, (count, options.bits)), y

    x_train, y_train = samples("training noise", options.train)
    x_test, y_test = samples("test noise", options.test)
    names = tuple(str(label) for label in range(options.classes))
    spec = f"{NAME}:{argument}" if argument else NAME
    return Dataset(spec, x_train, y_train, x_test, y_test, names, "threshold=0")
