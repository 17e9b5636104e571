"""`ucr:PREFIX`: time series of the UCR and UEA archives, PREFIX_TRAIN and PREFIX_TEST as .ts or as .tsv.

A line of a .tsv file is a class and the values of one series, separated by tabs; NaN at the end of a line
is the end of a series shorter than others.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError, Dataset, name_classes, whole_numbers_or_words
from bep_ref.datasets.ts_file import numbers, read_ts

NAME = "ucr"
USAGE = "ucr:PREFIX"
SUMMARY = "time series of the UCR archive, PREFIX_TRAIN and PREFIX_TEST with .ts or .tsv"

BINARISE = "thermometer=10"
GATE = 0.05
STEPS = 4
"""Steps of the shortest series by default. ItalyPowerDemand, 3 folds of both parts together, K = 255, 50 epochs, the
epoch best on validation: 97.0 % of test samples in 4 steps of 6 values, 96.9 % to 96.4 % in 8 to 1, 56 % in 24."""
BATCHES = 10
"""Mini-batches of an epoch, as in [BEP]."""

Part = tuple[list[NDArray[np.float64]], list[str]]


def load(argument: str) -> Dataset:
    """Series as (n, length, channels), the shorter ones followed by NaN; a missing value repeats the one before."""
    if not argument:
        raise DataError(f"data: ucr needs a prefix: {USAGE}")
    (train_file, train), (test_file, test) = _read(f"{argument}_TRAIN"), _read(f"{argument}_TEST")
    channels, test_channels = (part[0][0].shape[1] for part in (train, test))
    if channels != test_channels:
        raise DataError(f"{test_file}: {test_channels} channels; it must have the training part's {channels}")
    class_names, y_train = name_classes(whole_numbers_or_words(train[1]), str(train_file))
    y_test = _classes_of(whole_numbers_or_words(test[1]), class_names, test_file)
    x_train, x_test = _stack(train[0], train_file), _stack(test[0], test_file)
    shortest = min(len(values) for values in (*train[0], *test[0]))
    preset = {
        "gate": GATE,
        "batch_size": min(100, max(1, len(x_train) // BATCHES)),
        "window": max(1, shortest // STEPS),
    }
    return Dataset(f"{NAME}:{argument}", x_train, y_train, x_test, y_test, class_names, BINARISE, preset)


def _read(stem: str) -> tuple[Path, Part]:
    for suffix, read in ((".ts", read_ts), (".tsv", read_tsv)):
        if (path := Path(stem + suffix)).is_file():
            return path, read(path)
    raise DataError(f"data: ucr: there is neither {stem}.ts nor {stem}.tsv")


def read_tsv(path: Path) -> Part:
    """Series (length, 1) and their classes.

    Raises
    ------
    DataError : a line without values, or with one that is no number; it names the line, counted from 1.
    """
    series, labels = [], []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a text file") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        label, *cells = line.split("\t")
        values = numbers(cells, f"{path}: line {number}")
        known = np.flatnonzero(~np.isnan(values))
        if not label.strip() or not known.size:
            raise DataError(f"{path}: line {number}: it must be a class and at least one value, separated by tabs")
        series.append(values[: known[-1] + 1, None])
        labels.append(label.strip())
    if not series:
        raise DataError(f"{path}: it holds no series")
    return series, labels


def _classes_of(labels: NDArray[np.generic], class_names: tuple[str, ...], path: Path) -> NDArray[np.int64]:
    index = {name: number for number, name in enumerate(class_names)}
    for row, label in enumerate(map(str, labels), start=1):
        if label not in index:
            raise DataError(f"{path}: class {label!r} of series {row} does not occur in the training part")
    return np.array([index[str(label)] for label in labels], dtype=np.int64)


def _stack(series: list[NDArray[np.float64]], path: Path) -> NDArray[np.float64]:
    """All series in one array (n, longest, channels), NaN after the end of the shorter ones."""
    out = np.full((len(series), max(map(len, series)), series[0].shape[1]), np.nan)
    for row, values in enumerate(series):
        out[row, : len(values)] = _fill(values, f"{path}: series {row + 1}")
    return out


def _fill(values: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    """Each missing value as the last known one of its channel, the first ones as the first known."""
    known = ~np.isnan(values)
    if not known.any(axis=0).all():
        raise DataError(f"{where}: channel {int(known.any(axis=0).argmin()) + 1} has no value at all")
    latest = np.maximum.accumulate(np.where(known, np.arange(len(values))[:, None], -1), axis=0)
    return np.take_along_axis(values, np.where(latest < 0, known.argmax(axis=0), latest), axis=0)
