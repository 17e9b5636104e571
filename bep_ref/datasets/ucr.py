"""`ucr:PREFIX`: time series of the UCR and UEA archives, PREFIX_TRAIN and PREFIX_TEST as .ts or as .tsv.

A folder of an archive will do too, ``ucr:DIR/Name`` with ``Name_TRAIN.ts`` in it, or a single file.
"""

from collections.abc import Callable
from pathlib import Path

from bep_ref.datasets.contents import Contents
from bep_ref.datasets.dataset import DataError, Dataset
from bep_ref.datasets.series_part import SeriesPart
from bep_ref.datasets.ts_file import read_ts
from bep_ref.datasets.tsv_file import read_tsv
from bep_ref.names import listed

NAME = "ucr"
USAGE = "ucr:PREFIX"
SUMMARY = "time series of the UCR archive, PREFIX_TRAIN and PREFIX_TEST with .ts or .tsv"

READERS: dict[str, Callable[[Path], SeriesPart]] = {
    ".ts": read_ts,
    ".tsv": read_tsv,
    ".txt": read_tsv,
    ".csv": read_tsv,
    "": read_tsv,
}
"""How a file is read, by the end of its name; of several files of one part the first counts."""

BINARISE = "thermometer=10"
GATE = 0.05
STEPS = 4
"""Steps of the shortest series by default. ItalyPowerDemand, 3 folds of both parts together, K = 255, 50 epochs, the
epoch best on validation: 97.0 % of test samples in 4 steps of 6 values, 96.9 % to 96.4 % in 8 to 1, 56 % in 24."""
BATCHES = 10
"""Mini-batches of an epoch, as in [BEP]."""


def load(argument: str) -> Dataset:
    """Series as (n, length, channels), the shorter ones followed by NaN; a missing value repeats the one before."""
    files = _files(argument)
    if files.keys() == {"test"} or files.keys() == {"train"}:
        raise _none(argument, "_TEST" if "train" in files else "_TRAIN")
    parts = _read(files)
    found = _contents(argument, parts)
    samples = len(found.learned.x)
    preset = {
        "gate": GATE,
        "batch_size": min(100, max(1, samples // BATCHES)),
        "window": max(1, min(part.shortest for part in parts.values()) // STEPS),
    }
    return found.dataset(BINARISE, preset=preset)


def contents(argument: str) -> Contents:
    """The parts that are there, classified or not."""
    return _contents(argument, _read(_files(argument)))


def _contents(argument: str, parts: dict[str, SeriesPart]) -> Contents:
    notes = tuple(note for part in parts.values() for note in part.notes)
    return Contents(f"{NAME}:{argument}", {name: part.part() for name, part in parts.items()}, notes=notes)


def _files(argument: str) -> dict[str, Path]:
    """The file of each part that is there."""
    if not argument:
        raise DataError(f"data: ucr needs a prefix: {USAGE}")
    path = Path(argument)
    if path.is_file():
        return {"all": path}
    stems = [argument, str(path / path.name)] if path.is_dir() else [argument]
    found = {part: file for part in ("train", "test") if (file := _file(stems, f"_{part.upper()}"))}
    if not found:
        raise _none(argument, "_TRAIN")
    return found


def _file(stems: list[str], end: str) -> Path | None:
    candidates = [Path(stem + end + suffix) for stem in stems for suffix in READERS]
    return next((path for path in candidates if path.is_file()), None)


def _none(argument: str, end: str) -> DataError:
    """The message about files that are not there, with those that are."""
    path = Path(argument)
    folder = path if path.is_dir() else path.parent
    names = sorted(one.name + "/" * one.is_dir() for one in folder.iterdir()) if folder.is_dir() else []
    stem = f"{argument}{end}"
    held = f"{folder} holds {listed(names) or 'nothing'}" if folder.is_dir() else f"there is no folder {folder}"
    return DataError(f"data: ucr: there is neither {stem}.ts nor {stem}.tsv; {held}")


def _read(files: dict[str, Path]) -> dict[str, SeriesPart]:
    parts = {name: READERS.get(path.suffix, read_tsv)(path) for name, path in files.items()}
    channels = {name: part.channels for name, part in parts.items()}
    if len(set(channels.values())) > 1:
        raise DataError(
            f"{files['test']}: {channels['test']} channels; it must have the training part's {channels['train']}"
        )
    return parts
